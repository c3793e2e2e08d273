import ArgumentParser
import JobSpecs
import Reporting
import Terminal

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Find the threshold that meets an accuracy or a cost, from a finished run.",
        discussion: """
            Starts no engine and changes nothing. Without a goal, shows accuracy and cost at each threshold. An accuracy needs a run \
            with several thresholds, such as `rsd: { threshold: [0.5, 0.6, 0.7, 0.8, 0.9] }`; a cost can be estimated from one.

              rsd-batch calibrate runs/sweep --accuracy 0.85
              rsd-batch calibrate runs/sweep --cost 0.5 --dataset math500

            A job takes the threshold from the run itself: threshold: { calibrate: runs/sweep, accuracy: 0.85 }
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
    var directory: String

    @Option(help: ArgumentHelp("The share of right answers to reach, at the least cost.", valueName: "share"))
    var accuracy: Double?

    @Option(
        help: ArgumentHelp(
            "The FLOPs not to exceed, relative to those of target_only in the run, with the highest accuracy.",
            valueName: "ratio"))
    var cost: Double?

    @Option(help: "A method of the run, where the methods with a threshold differ in other settings too.")
    var method: String?

    @Option(help: "Only the problems of this data set. (default: those of all together)")
    var dataset: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if accuracy != nil, cost != nil { throw ValidationError("give --accuracy or --cost, not both.") }
        if let accuracy, !(0...1).contains(accuracy) {
            throw ValidationError("--accuracy is a share from 0 to 1, such as 0.85.")
        }
        if let cost, !(cost > 0 && cost.isFinite) {
            throw ValidationError("--cost is a share of the target's FLOPs, such as 0.5.")
        }
    }

    func run() throws {
        let console = Console()
        let goal = accuracy.map { CalibrationGoal.accuracy($0) } ?? cost.map { .cost($0) }
        let calibration = try Calibration(run: directory, goal: goal, method: method, dataset: dataset)
        if output.json { return try console.outJSON(calibration) }
        try console.out(CalibrationView(calibration).lines(width: console.outWidth), colour: output.colour)
    }
}
