import Testing

@testable import Reporting
@testable import RunServer

@Suite("Metrics for Prometheus") struct MetricsTests {
    @Test("every family has its help and type once, before its samples, and labels are escaped")
    func text() throws {
        var run = LiveRun(job: "a\"b\\c\nd", state: .running)
        var method = LiveRun.Method("rsd{}")
        (method.total, method.finished, method.graded, method.correct) = (4, 2, 2, 1)
        run.methods = [method]
        var engine = LiveRun.Engine("draft")
        (engine.requests, engine.tokens, engine.seconds) = (3, 120, 1.5)
        run.engines = [engine]
        let text = MetricsText([("sweep/é", run), ("b", LiveRun(job: "b", state: .done))]).text
        let labels = #"run="sweep/é",job="a\"b\\c\nd""#
        for line in [
            "rsd_batch_run_state{\(labels),state=\"running\"} 1", "rsd_batch_run_state{\(labels),state=\"done\"} 0",
            "rsd_batch_trajectories_finished{\(labels),method=\"rsd{}\"} 2",
            "rsd_batch_accuracy_ratio{\(labels),method=\"rsd{}\"} 0.5",
            "rsd_batch_engine_busy_seconds_total{\(labels),engine=\"draft\"} 1.5",
            "# TYPE rsd_batch_engine_tokens_total counter",
        ] {
            #expect(text.contains("\n" + line + "\n"), "\(line)\n\(text)")
        }
        // Unknown figures are missing, not 0.
        #expect(!text.contains("remaining") && !text.contains("joules") && !text.contains("acceptance"))
        var seen: Set<Substring> = []
        var family: Substring = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP") {
                #expect(seen.insert(words[2]).inserted, "\(line)")
                family = words[2]
            } else {
                #expect(line.hasPrefix("# TYPE \(family) ") || line.hasPrefix("\(family){"), "\(line)")
            }
        }
        #expect(text.hasSuffix("\n"))
    }
}
