/// An expression as written.
package indirect enum Expression: Hashable, Sendable {
    case number(Rational)
    /// A letter, or a numeral that is too long for ``Rational``.
    case name(String)
    case sum([Expression])
    case product([Expression])
    case negative(Expression)
    case inverse(Expression)
    case power(Expression, Expression)
    case root(Expression, degree: Int)
    /// `\log_2 8` and the like.
    case function(String, base: Expression?, Expression)
    /// `f(0)`, `a_{n+1}`: a value not determined by the name alone.
    case application(String, [Expression])
    case factorial(Expression)
    case binomial(Expression, Expression)
    case absolute(Expression)
}
