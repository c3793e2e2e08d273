import Foundation

/// An error response in the form of vLLM's OpenAI server:
/// `{"error":{"message":…,"type":…,"param":…,"code":400}}`.
struct APIError: Error, Encodable {
    private struct Body: Encodable {
        let message: String
        let type: String
        @Nulled var param: String?
        let code: Int
    }

    private let error: Body

    private init(_ code: Int, _ type: String, _ message: String, param: String?) {
        error = Body(message: message, type: type, param: param, code: code)
    }

    var status: Int { error.code }

    static func badRequest(_ message: String, param: String? = nil) -> APIError {
        APIError(400, "BadRequestError", message, param: param)
    }

    static func unknownModel(_ name: String, known: String) -> APIError {
        APIError(
            404, "NotFoundError", "The model `\(name)` does not exist. Valid aliases: \(known).",
            param: "model")
    }

    static func internalError(_ message: String) -> APIError {
        APIError(500, "InternalServerError", message, param: nil)
    }

    /// The error for a body that the endpoint cannot decode.
    static func invalid(_ error: DecodingError) -> APIError {
        func location(_ path: [any CodingKey]) -> String {
            (["'body'"] + path.map { $0.intValue.map(String.init) ?? "'\($0.stringValue)'" }).joined(
                separator: ", ")
        }
        let (path, type, text): ([any CodingKey], String, String) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath + [key], "missing", "Field required")
            case .typeMismatch(let type, let context):
                (context.codingPath, "type_error", "Input should be a valid \(type)")
            case .valueNotFound(let type, let context):
                (context.codingPath, "type_error", "Input should be a valid \(type)")
            case .dataCorrupted(let context) where context.codingPath.isEmpty:
                ([], "json_invalid", "JSON decode error")
            case .dataCorrupted(let context): (context.codingPath, "value_error", context.debugDescription)
            @unknown default: ([], "value_error", "Input is not valid")
            }
        return badRequest(
            "1 validation error:\n  {'type': '\(type)', 'loc': (\(location(path))), 'msg': '\(text)'}",
            param: path.last?.stringValue)
    }
}

/// An optional that is encoded as `null` instead of being left out, as in vLLM.
@propertyWrapper
struct Nulled<Value: Encodable>: Encodable {
    let wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

extension Nulled: Sendable where Value: Sendable {}
