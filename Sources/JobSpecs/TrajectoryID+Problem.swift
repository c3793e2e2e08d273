import Datasets
import Decoding

extension TrajectoryID {
    package var problemName: ProblemName { ProblemName(dataset: dataset, problem: problem) }
}
