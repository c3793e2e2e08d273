import Foundation
import SpecYAML
import Support

extension JobSpec {
    /// Stands in a copy of the spec for a value that may be a secret.
    static let withheld = "(withheld: may be a secret)"

    /// The spec for files that others may read: all names, but no value of `engine.env`, and none of a flag that is called like a
    /// secret. A run is resumed with the job's own spec, which has them.
    package var withoutSecrets: JobSpec {
        var spec = self
        spec.engine.env = engine.env.mapValues { _ in Self.withheld }
        spec.engine.args = engine.args.map(\.withoutSecret)
        for (role, model) in models { spec.models[role]?.args = model.args.map(\.withoutSecret) }
        return spec
    }

    /// Whether it holds values that are not for everybody.
    package var hasSecrets: Bool { self != withoutSecrets }
}

extension EngineArgument {
    private static let secretWords: Set<Substring> = [
        "key", "apikey", "token", "password", "passwd", "secret", "credential", "credentials", "auth",
    ]

    /// Numbers and bare flags tell nothing: `long-prefill-token-threshold: 64`.
    fileprivate var withoutSecret: EngineArgument {
        guard let value, Double(value) == nil, !["true", "false"].contains(value.lowercased()),
            !Self.secretWords.isDisjoint(with: flag.lowercased().split(separator: "-"))
        else { return self }
        return EngineArgument(name: name, value: JobSpec.withheld)
    }
}

extension SourceText {
    /// What a copy of a spec does not hold, and a run needs.
    var withheldValues: [Diagnostic] {
        lines.enumerated().compactMap { index, line in
            guard let place = line.range(of: JobSpec.withheld) else { return nil }
            let column = line.unicodeScalars.distance(from: line.startIndex, to: place.lowerBound) + 1
            return diagnostic(
                .error, at: Mark(line: index + 1, column: column),
                "this copy of the job was written without the values that may be secrets: write them here, or run the job from "
                    + "its own spec")
        }
    }
}
