import ModelLifecycle
import RunStore
import Support

extension Error {
    /// Whether engines that are set up otherwise may do where these fail. Too little time for so many starts may be enough for one.
    var isOfEngines: Bool {
        self is EngineError || self is EngineUseless || self is ResidencyImpossible || self is Interrupted
    }

    var inOneLine: String {
        switch self {
        case let error as EngineError: "engine \(error.engine): \(error.message)"
        case let error as Interrupted: error.reason ?? "\(error)"
        default: String("\(self)".prefix { $0 != "\n" })
        }
    }
}
