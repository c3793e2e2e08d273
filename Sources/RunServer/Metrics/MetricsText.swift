import Reporting
import Support

/// Figures of runs in Prometheus's text format, version 0.0.4.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/
struct MetricsText {
    static let type = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// - Parameter runs: by their ids; runs that cannot be read are left out.
    init(_ runs: [(id: String, run: LiveRun)]) {
        func family(_ name: String, _ type: String, _ help: String, _ samples: [Sample?]) {
            let samples = samples.compactMap(\.self)
            guard !samples.isEmpty else { return }
            text += "# HELP \(name) \(Self.escaped(help, isQuoted: false))\n# TYPE \(name) \(type)\n"
            for sample in samples { text += "\(name){\(sample.labels)} \(Self.number(sample.value))\n" }
        }
        func each(_ value: (LiveRun) -> Double?) -> [Sample?] {
            runs.map { id, run in value(run).map { Sample([("run", id), ("job", run.job)], $0) } }
        }
        func methods(_ value: (LiveRun.Method) -> Double?) -> [Sample?] {
            runs.flatMap { id, run in
                run.methods.map { method in
                    value(method).map { Sample([("run", id), ("job", run.job), ("method", method.method)], $0) }
                }
            }
        }
        func engines(_ value: (LiveRun.Engine) -> Double?) -> [Sample?] {
            runs.flatMap { id, run in
                run.engines.map { engine in
                    value(engine).map { Sample([("run", id), ("job", run.job), ("engine", engine.engine)], $0) }
                }
            }
        }
        family(
            "rsd_batch_run_state", "gauge", "1 for the state that the run is in, 0 for the others.",
            runs.flatMap { id, run in
                LiveRun.State.allCases.map {
                    Sample([("run", id), ("job", run.job), ("state", $0.rawValue)], run.state == $0 ? 1 : 0)
                }
            })
        family("rsd_batch_run_wave", "gauge", "Wave of the run, from 1.", each { Double($0.wave) })
        family(
            "rsd_batch_run_remaining_seconds", "gauge",
            "Estimated seconds to the end of the run; missing while unknown.",
            each { $0.secondsLeft })
        family(
            "rsd_batch_run_swaps_total", "counter", "Engines stopped or put to sleep for others.",
            each { Double($0.swaps) })
        family("rsd_batch_run_engine_starts_total", "counter", "Engine processes started.", each { Double($0.starts) })
        family(
            "rsd_batch_run_energy_joules_total", "counter", "Energy of the GPUs in the run's phases.",
            each { $0.joules })
        family(
            "rsd_batch_trajectories", "gauge", "Trajectories of the method: one for each problem and sample.",
            methods { Double($0.total) })
        family("rsd_batch_trajectories_finished", "gauge", "Finished trajectories.", methods { Double($0.finished) })
        family("rsd_batch_trajectories_failed", "gauge", "Failed trajectories.", methods { Double($0.failed) })
        family(
            "rsd_batch_answers_graded", "gauge", "Answers graded so far.", methods { Double($0.graded) })
        family(
            "rsd_batch_answers_correct", "gauge", "Right answers among those graded.", methods { Double($0.correct) })
        family(
            "rsd_batch_accuracy_ratio", "gauge", "Share of right answers among those graded.", methods { $0.accuracy })
        family(
            "rsd_batch_acceptance_ratio", "gauge", "Share of judged draft steps that were accepted.",
            methods { $0.acceptance })
        family(
            "rsd_batch_engine_requests_total", "counter", "Requests answered by the engine.",
            engines { Double($0.requests) })
        family(
            "rsd_batch_engine_tokens_total", "counter", "Tokens that the engine wrote, or read if it scores.",
            engines { Double($0.tokens) })
        family(
            "rsd_batch_engine_busy_seconds_total", "counter", "Seconds with requests in flight; of shards, the sum.",
            engines { $0.seconds })
    }

    private struct Sample {
        var labels: String
        var value: Double

        init(_ labels: [(String, String)], _ value: Double) {
            self.labels = labels.map { "\($0)=\"\(MetricsText.escaped($1, isQuoted: true))\"" }.joined(separator: ",")
            self.value = value
        }
    }

    private static func escaped(_ text: String, isQuoted: Bool) -> String {
        let plain = text.replacing("\\", with: "\\\\").replacing("\r\n", with: "\\r\\n").replacing("\n", with: "\\n")
        return isQuoted ? plain.replacing("\"", with: "\\\"") : plain
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }
}
