/// The fields of an object, written in the order of their names.
///
/// ``JSONText`` writes them as they come. A keyed container would first collect and sort them.
package struct JSONFields {
    private enum Target {
        case direct(JSONSink)
        case keyed(KeyedEncodingContainer<Name>)
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private var target: Target
    private var isFirst = true

    /// Writes a whole object.
    ///
    /// - Parameter write: writes its fields, in the order of their names' UTF-8.
    package static func write(to encoder: any Encoder, _ write: (inout JSONFields) throws -> Void) throws {
        if let encoder = encoder as? DirectEncoder {
            try encoder.wholeObject { sink in
                var fields = JSONFields(target: .direct(sink))
                try write(&fields)
            }
        } else {
            var fields = JSONFields(target: .keyed(encoder.container(keyedBy: Name.self)))
            try write(&fields)
        }
    }

    private init(target: Target) { self.target = target }

    // MARK: Fields

    package mutating func add(_ name: StaticString, _ value: Int) throws {
        try add(name, value) { $0.integer(value) }
    }

    package mutating func add(_ name: StaticString, _ value: Double) throws {
        try add(name, value) { $0.number(value) }
    }

    package mutating func add(_ name: StaticString, _ value: String) throws {
        try add(name, value) { $0.string(value) }
    }

    package mutating func add(_ name: StaticString, _ value: Bool) throws {
        try add(name, value) { $0.bool(value) }
    }

    package mutating func add(_ name: StaticString, _ values: [Int]) throws {
        try add(name, values) { sink in sink.list(of: values) { sink.integer($0) } }
    }

    package mutating func add(_ name: StaticString, _ values: [String]) throws {
        try add(name, values) { sink in sink.list(of: values) { sink.string($0) } }
    }

    package mutating func add(_ name: StaticString, _ values: [some Encodable]) throws {
        try add(name, values) { sink in try sink.list(of: values) { try sink.write($0) } }
    }

    package mutating func add(_ name: StaticString, _ value: some Encodable) throws {
        try add(name, value) { try $0.write(value) }
    }

    package mutating func add(_ name: StaticString, orNull value: Double?) throws {
        try add(name, value) { sink in if let value { sink.number(value) } else { sink.null() } }
    }

    package mutating func add(_ name: StaticString, orNull value: String?) throws {
        try add(name, value) { sink in if let value { sink.string(value) } else { sink.null() } }
    }

    package mutating func add(_ name: StaticString, ifAny value: Int?) throws {
        if let value { try add(name, value) }
    }

    package mutating func add(_ name: StaticString, ifAny value: Double?) throws {
        if let value { try add(name, value) }
    }

    package mutating func add(_ name: StaticString, ifAny value: String?) throws {
        if let value { try add(name, value) }
    }

    package mutating func add(_ name: StaticString, ifAny value: Bool?) throws {
        if let value { try add(name, value) }
    }

    package mutating func add(_ name: StaticString, ifAny values: [some Encodable]?) throws {
        if let values { try add(name, values) }
    }

    package mutating func add(_ name: StaticString, ifAny value: (some Encodable)?) throws {
        if let value { try add(name, value) }
    }

    private mutating func add(
        _ name: StaticString, _ value: some Encodable, direct: (JSONSink) throws -> Void
    ) throws {
        switch target {
        case .direct(let sink):
            sink.name(name, isFirst: isFirst)
            isFirst = false
            try direct(sink)
        case .keyed(var container):
            try container.encode(value, forKey: Name(stringValue: "\(name)"))
        }
    }
}
