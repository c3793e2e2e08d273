extension AnswerTokenReader {
    /// Consumes and returns the repeating digits after those of a number, as in `0.\overline{36}`, `0.1\dot{6}` and
    /// `0.(3)`.
    mutating func repeatedDigits(after digits: String) -> String? {
        var start = index
        if !digits.contains(".") {
            guard peek() == "." else { return nil }
            start += 1
        }
        func argument(from start: Int) -> (String, end: Int)? {
            var end = start
            while end < scalars.count, scalars[end] == "{" || scalars[end] == " " { end += 1 }
            let first = end
            while end < scalars.count, scalars[end].isDigit { end += 1 }
            let digits = String(String.UnicodeScalarView(scalars[first..<end]))
            while end < scalars.count, scalars[end] == "}" || scalars[end] == " " { end += 1 }
            return digits.isEmpty ? nil : (digits, end)
        }
        if start > index, start < scalars.count, scalars[start] == "(" {
            guard let (repeated, end) = argument(from: start + 1), end < scalars.count, scalars[end] == ")" else {
                return nil
            }
            index = end + 1
            return repeated
        }
        for mark in [#"\overline"#, #"\bar"#] where scalars[start...].starts(with: mark.unicodeScalars) {
            guard let (repeated, end) = argument(from: start + mark.count) else { return nil }
            index = end
            return repeated
        }
        let dot = #"\dot"#
        guard scalars[start...].starts(with: dot.unicodeScalars),
            let (first, afterFirst) = argument(from: start + dot.count), first.count == 1
        else { return nil }
        // `\dot{1}4\dot{2}`: from the first dot to the second.
        var middle = ""
        var end = afterFirst
        while end < scalars.count, scalars[end].isDigit {
            middle.unicodeScalars.append(scalars[end])
            end += 1
        }
        if scalars[end...].starts(with: dot.unicodeScalars), let (last, afterLast) = argument(from: end + dot.count),
            last.count == 1
        {
            index = afterLast
            return first + middle + last
        }
        guard middle.isEmpty else { return nil }
        index = afterFirst
        return first
    }
}
