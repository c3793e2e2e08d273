/// A line of vLLM's log, without the process, time and place that vLLM puts before a message.
struct VLLMLogLine {
    /// `(EngineCore pid=7)`; empty where the line names none.
    let process: Substring
    let bare: Substring
    /// What vLLM only remarks, as it does in starts that succeed.
    let isRemark: Bool
    /// Whether it stands below another line, as the frames of a traceback do.
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

    /// `cpu_worker.py, line 73`, where it is a frame of a traceback.
    var place: String? {
        bare.prefixMatch(of: /File "(?:[^"]*\/)?([^"\/]+)", (line \d+)/).map { "\($0.1), \($0.2)" }
    }
}
