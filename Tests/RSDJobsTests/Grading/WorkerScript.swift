import Foundation
@testable import Graders
@testable import RunStore

/// A worker without Python that misbehaves as its questions tell it to.
enum WorkerScript {
    static func start(_ preamble: String = "", answers: String) -> MathVerifyGrader.Worker {
        MathVerifyGrader.Worker(
            executable: "/bin/sh",
            arguments: [
                "-c",
                """
                \(preamble)
                echo '{"ready": true}'
                while read -r line; do
                    case "$line" in
                        \(answers)
                        *RIGHT*) echo '{"verdict": "right"}' ;;
                        *) echo '{"verdict": "wrong"}' ;;
                    esac
                done
                """,
            ])
    }

    static func pair(_ name: String, _ word: String) -> GradingPair {
        GradingPair(id: name, dataset: "d", question: "?", text: #"\boxed{\#(word)}"#, answer: word, gold: "57")
    }
}

extension RunDirectory {
    /// Starts that were never written down as stopped.
    func openStarts() throws -> Int {
        let text = try String(contentsOf: engines, encoding: .utf8)
        return text.matches(of: /"event":"started"/).count - text.matches(of: /"event":"stopped"/).count
    }
}
