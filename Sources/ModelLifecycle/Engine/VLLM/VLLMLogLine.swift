/// A line of vLLM's log without the prefix of process, time and place.
struct VLLMLogLine {
    /// `(EngineCore pid=7)`; empty if the line names no process.
    let process: Substring
    let bare: Substring
    /// Whether it is a warning or a note that also occurs in successful starts.
    let isRemark: Bool
    /// Whether it belongs to the line above it, like the frames of a traceback.
    let isIndented: Bool

    init(_ line: Substring) {
        var rest = line
        var process: Substring = ""
        var isRemark = false
        if let prefix = rest.prefixMatch(of: /(\([^()]*\bpid=\d+\)) ?/) {
            process = prefix.1
            rest = rest[prefix.range.upperBound...]
        }
        if let prefix = rest.prefixMatch(of: /(ERROR|WARNING|INFO|DEBUG|CRITICAL) [\d-]+ [\d:.]+ \[[^\]]*\] ?/) {
            isRemark = !["ERROR", "CRITICAL"].contains(prefix.1)
            rest = rest[prefix.range.upperBound...]
        }
        self.process = process
        self.isRemark = isRemark
        bare = rest.drop { $0 == " " }
        isIndented = rest.first == " "
    }

    /// `cpu_worker.py, line 73` for a frame of a traceback.
    var place: String? {
        bare.prefixMatch(of: /File "(?:[^"]*\/)?([^"\/]+)", (line \d+)/).map { "\($0.1), \($0.2)" }
    }
}
