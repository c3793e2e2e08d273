/// Finds the final answer in a solution.
public enum AnswerExtraction {
    /// What the last `\boxed{…}` (or `\fbox{…}`) holds, braces balanced; nil where there is none or it is never closed.
    public static func boxed(in text: String) -> String? {
        let bytes = Array(text.utf8)
        for command in [#"\boxed"#, #"\fbox"#].map({ Array($0.utf8) }) {
            var start = bytes.count - command.count
            while start >= 0 {
                if bytes[start..<start + command.count].elementsEqual(command),
                    let content = braced(bytes, after: start + command.count)
                {
                    return content
                }
                start -= 1
            }
        }
        return nil
    }

    private static func braced(_ bytes: [UInt8], after start: Int) -> String? {
        var open = start
        while open < bytes.count, bytes[open] == UInt8(ascii: " ") { open += 1 }
        guard open < bytes.count, bytes[open] == UInt8(ascii: "{") else { return nil }
        var depth = 0
        for index in open..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return String(decoding: bytes[open + 1..<index], as: UTF8.self) }
            default: break
            }
        }
        return nil
    }
}
