import Foundation
import SpecYAML
import Support

extension JobSpec {
    /// Replaces a possible secret in a copy of the spec.
    static let withheld = "(withheld: may be a secret)"

    /// The spec for files that others may read: all names, but no values of `engine.env` or of flags whose name
    /// suggests a secret. A run is resumed with the job's own spec, which contains them.
    package var withoutSecrets: JobSpec {
        var spec = self
        spec.engine.env = engine.env.mapValues { _ in Self.withheld }
        spec.engine.args = engine.args.map(\.withoutSecret)
        for (role, model) in models { spec.models[role]?.args = model.args.map(\.withoutSecret) }
        return spec
    }

    /// Whether it contains values that others must not read.
    package var hasSecrets: Bool { self != withoutSecrets }
}

extension EngineArgument {
    private static let secretWords: Set<Substring> = [
        "key", "apikey", "token", "password", "passwd", "secret", "credential", "credentials", "auth",
    ]

    /// Numbers and bare flags are not secret: `long-prefill-token-threshold: 64`.
    fileprivate var withoutSecret: EngineArgument {
        guard let value, Double(value) == nil, !["true", "false"].contains(value.lowercased()),
            !Self.secretWords.isDisjoint(with: flag.lowercased().split(separator: "-"))
        else { return self }
        return EngineArgument(name: name, value: JobSpec.withheld)
    }
}

extension SourceText {
    /// Errors for values that a copy of a spec lacks and a run needs.
    var withheldValues: [Diagnostic] {
        lines.enumerated().compactMap { index, line in
            guard let place = line.range(of: JobSpec.withheld) else { return nil }
            let column = line.unicodeScalars.distance(from: line.startIndex, to: place.lowerBound) + 1
            return diagnostic(
                .error, at: Mark(line: index + 1, column: column),
                "possible secrets were left out of this copy of the job: add the values here, or run the job from its own spec"
            )
        }
    }
}
