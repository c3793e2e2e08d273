import Foundation

/// The first lines of a request: all that this server reads.
struct RequestHead: Sendable, Equatable {
    var method: String
    /// Percent-encoded, without the query.
    var path: String
    /// Percent-encoded.
    var query: String
    /// By their names in lower case; of several with one name, all values.
    private var headers: [String: [String]] = [:]

    /// Bytes of the largest head that is read. Addresses of pages and a few cookies fit many times.
    static let limit = 16 << 10

    enum Fault: Error, Equatable {
        case malformed
        case tooLong
    }

    /// - Parameter bytes: up to the blank line, without it.
    init(_ bytes: [UInt8]) throws(Fault) {
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") else { throw .malformed }
        // "\r\n" is one Character in Swift.
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\n" }[...]
        let words = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/"), !words[1].contains("#") else {
            throw .malformed
        }
        method = String(words[0])
        let parts = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = parts.count > 1 ? String(parts[1]) : ""
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { throw .malformed }
            let name = line[..<colon].lowercased()
            guard name.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else { throw .malformed }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[name, default: []].append(value)
        }
    }

    /// The value of a header; nil if it is missing or ambiguous.
    subscript(name: String) -> String? {
        let values = headers[name] ?? []
        return values.count == 1 ? values[0] : nil
    }

    /// The decoded value of a field of the query; nil if it is missing or ambiguous.
    func field(_ name: String) -> String? {
        let values = query.split(separator: "&").compactMap { part -> String? in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0] == name else { return nil }
            return String(pair[1]).removingPercentEncoding
        }
        return values.count == 1 ? values[0] : nil
    }

    /// The values of the cookies with this name.
    func cookies(_ name: String) -> [String] {
        (headers["cookie"] ?? []).flatMap { $0.split(separator: ";") }.compactMap { part in
            let pair = part.trimmingCharacters(in: .whitespaces).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return pair.count == 2 && pair[0] == name ? String(pair[1]) : nil
        }
    }

    /// The parts of the path, each decoded once: an encoded slash does not divide. nil if one cannot be decoded.
    var components: [String]? {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let decoded = parts.map { String($0).removingPercentEncoding }
        return decoded.contains { $0 == nil } ? nil : decoded.compactMap(\.self)
    }
}
