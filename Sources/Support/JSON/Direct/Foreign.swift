import Foundation

/// Types that Foundation writes and reads in ways of its own.
enum Foreign {
    static func contains(_ type: Any.Type) -> Bool {
        type == Decimal.self || type == Date.self || type == Data.self || type == URL.self || type == Float.self
    }
}
