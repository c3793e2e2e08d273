import Support

/// Reads the tensors of a PyTorch state dictionary from a pickle (PEP 3154). Nothing in it is executed.
struct PickledTensors {
    private(set) var tensors: [String: StoredTensor] = [:]

    /// - Parameter pickle: `data.pkl` of an archive.
    /// - Returns: nil if it is not a flat dictionary of tensors.
    init?(_ pickle: [UInt8]) {
        var machine = Machine(pickle)
        guard let value = try? machine.run(), case .dictionary(let entries) = value else { return nil }
        var seen: Set<Tensor> = []
        for (key, value) in entries {
            guard case .text(let name) = key else { return nil }
            switch value {
            // Tied weights are one storage under two names.
            case .tensor(let tensor): if seen.insert(tensor).inserted { tensors[name] = tensor.stored }
            case .other: return nil
            default: continue
            }
        }
        guard !tensors.isEmpty else { return nil }
    }

    private struct Tensor: Hashable {
        var storage: String
        var offset: Int
        var type: String
        var shape: [Int]

        var stored: StoredTensor {
            StoredTensor(type: type, shape: shape, bytes: shape.product().times(StoredTensor.bits(of: type) ?? 0) / 8)
        }
    }

    private indirect enum Value {
        case number(Int)
        case text(String)
        case global(String)
        case tuple([Value])
        case dictionary([(Value, Value)])
        case storage(key: String, type: String?, count: Int)
        case tensor(Tensor)
        /// None, booleans, floats, lists.
        case plain
        /// The result of a function that is not known here.
        case other
        case mark

        /// The value as an element of others, without its own elements, so that nesting stays bounded.
        var shallow: Value {
            switch self {
            case .dictionary: .plain
            case .tuple(let values): values.contains { if case .tuple = $0 { true } else { false } } ? .plain : self
            default: self
            }
        }
    }

    private static let types = [
        "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16", "DoubleStorage": "F64",
        "LongStorage": "I64",
        "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8", "BoolStorage": "BOOL",
    ]
    private static let dtypes = [
        "float32": "F32", "float16": "F16", "bfloat16": "BF16", "float64": "F64", "int64": "I64", "int32": "I32",
        "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL", "float8_e4m3fn": "F8_E4M3",
        "float8_e5m2": "F8_E5M2",
    ]

    private struct Unreadable: Error {}

    /// The stack machine that pickles are written for.
    private struct Machine {
        private var reader: LittleEndianReader
        private var stack: [Value] = []
        private var memo: [Int: Value] = [:]

        init(_ bytes: [UInt8]) { reader = LittleEndianReader(bytes) }

        mutating func run() throws -> Value {
            while true {
                let code = UInt8(try reader.number(1))
                if code == UInt8(ascii: ".") { return try pop() }
                try step(code)
            }
        }

        private mutating func step(_ code: UInt8) throws {
            switch code {
            case 0x80: try reader.skip(1)  // PROTO
            case 0x95: try reader.skip(8)  // FRAME
            case UInt8(ascii: "("): stack.append(.mark)
            case UInt8(ascii: "}"): stack.append(.dictionary([]))
            case UInt8(ascii: ")"): stack.append(.tuple([]))
            case UInt8(ascii: "]"), UInt8(ascii: "N"), 0x88, 0x89: stack.append(.plain)
            case UInt8(ascii: "G"): try push(.plain, after: 8)
            case UInt8(ascii: "K"): stack.append(.number(try reader.number(1)))
            case UInt8(ascii: "M"): stack.append(.number(try reader.number(2)))
            case UInt8(ascii: "J"): stack.append(.number(Int(Int32(truncatingIfNeeded: try reader.number(4)))))
            case 0x8A: stack.append(.number(try reader.number(try width())))  // LONG1
            case UInt8(ascii: "X"), UInt8(ascii: "T"): try text(try reader.number(4))
            case 0x8C, UInt8(ascii: "U"): try text(try reader.number(1))
            case UInt8(ascii: "C"): try push(.plain, after: try reader.number(1))
            case UInt8(ascii: "B"): try push(.plain, after: try reader.number(4))
            case UInt8(ascii: "c"): stack.append(.global("\(try reader.line()).\(try reader.line())"))
            case 0x93: try nameGlobal()
            case UInt8(ascii: "q"): memo[try reader.number(1)] = try top()
            case UInt8(ascii: "r"): memo[try reader.number(4)] = try top()
            case 0x94: memo[memo.count] = try top()
            case UInt8(ascii: "h"): try recall(try reader.number(1))
            case UInt8(ascii: "j"): try recall(try reader.number(4))
            case UInt8(ascii: "t"): stack.append(.tuple(try sinceMark().map(\.shallow)))
            case 0x85, 0x86, 0x87: try tuple(Int(code) - 0x84)
            case UInt8(ascii: "Q"): stack.append(Self.storage(try pop()))
            case UInt8(ascii: "R"), 0x81: try reduce()
            case UInt8(ascii: "b"), UInt8(ascii: "a"), UInt8(ascii: "0"): _ = try pop()
            case UInt8(ascii: "e"): _ = try sinceMark()
            case UInt8(ascii: "s"): try set(try tail(2))
            case UInt8(ascii: "u"): try set(try sinceMark())
            default: throw Unreadable()
            }
        }

        private mutating func width() throws -> Int {
            let width = try reader.number(1)
            guard width <= 8 else { throw Unreadable() }
            return width
        }

        private mutating func push(_ value: Value, after count: Int) throws {
            try reader.skip(count)
            stack.append(value)
        }

        private mutating func text(_ count: Int) throws {
            stack.append(.text(String(decoding: try reader.take(count), as: UTF8.self)))
        }

        private mutating func pop() throws -> Value {
            guard let value = stack.popLast() else { throw Unreadable() }
            return value
        }

        private func top() throws -> Value {
            guard let value = stack.last else { throw Unreadable() }
            return value
        }

        private mutating func tail(_ count: Int) throws -> [Value] {
            guard stack.count >= count else { throw Unreadable() }
            defer { stack.removeLast(count) }
            return Array(stack.suffix(count))
        }

        private mutating func sinceMark() throws -> [Value] {
            guard let mark = stack.lastIndex(where: { if case .mark = $0 { true } else { false } }) else {
                throw Unreadable()
            }
            let values = Array(stack[(mark + 1)...])
            stack.removeLast(values.count + 1)
            return values
        }

        private mutating func tuple(_ count: Int) throws { stack.append(.tuple(try tail(count).map(\.shallow))) }

        private mutating func recall(_ place: Int) throws {
            guard let value = memo[place] else { throw Unreadable() }
            stack.append(value)
        }

        private mutating func nameGlobal() throws {
            let names = try tail(2)
            guard case .text(let module) = names[0], case .text(let name) = names[1] else { throw Unreadable() }
            stack.append(.global("\(module).\(name)"))
        }

        private mutating func set(_ values: [Value]) throws {
            guard values.count.isMultiple(of: 2), case .dictionary(var entries) = try pop() else { throw Unreadable() }
            for at in stride(from: 0, to: values.count, by: 2) {
                entries.append((values[at].shallow, values[at + 1].shallow))
            }
            stack.append(.dictionary(entries))
        }

        private mutating func reduce() throws {
            let call = try tail(2)
            guard case .global(let name) = call[0], case .tuple(let arguments) = call[1] else {
                stack.append(.other)
                return
            }
            switch name {
            case "collections.OrderedDict": stack.append(.dictionary([]))
            case "torch._utils._rebuild_parameter": stack.append(arguments.first ?? .other)
            case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3":
                stack.append(Self.tensor(arguments).map(Value.tensor) ?? .other)
            default: stack.append(.other)
            }
        }

        /// `("storage", type, key, device, numbers)`
        private static func storage(_ id: Value) -> Value {
            guard case .tuple(let parts) = id, parts.count >= 5, case .global(let type) = parts[1],
                case .text(let key) = parts[2], case .number(let count) = parts[4]
            else { return .other }
            return .storage(key: key, type: types[String(type.split(separator: ".").last ?? "")], count: count)
        }

        /// `(storage, offset, shape, …)`, and in version 3 the type as the seventh element.
        private static func tensor(_ arguments: [Value]) -> Tensor? {
            guard arguments.count >= 3, case .storage(let key, let named, let count) = arguments[0],
                case .number(let offset) = arguments[1], case .tuple(let sides) = arguments[2]
            else { return nil }
            var type = named
            if arguments.count > 6, case .global(let name) = arguments[6] {
                type = dtypes[String(name.split(separator: ".").last ?? "")] ?? type
            }
            let shape = sides.map { if case .number(let side) = $0 { side } else { -1 } }
            guard let type, shape.allSatisfy({ $0 >= 0 }), shape.product() <= count else { return nil }
            return Tensor(storage: key, offset: offset, type: type, shape: shape)
        }
    }
}
