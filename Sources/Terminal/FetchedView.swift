import JobSpecs
import Support

/// What `fetch` has brought, and what was there.
package struct FetchedView {
    private let models: [FetchedModel]

    package init(_ models: [FetchedModel]) {
        self.models = models
    }

    package func lines(width: Int) -> [Line] {
        [Line("all models and data sets are there", .green)]
            + models.flatMap { model in
                let what =
                    model.files == 0
                    ? "in the cache"
                    : "\(NumberFormat.counted(model.files, "file")), \(NumberFormat.bytes(model.bytes))"
                return (Line("  \(model.model)  ") + Line("\(model.revision), commit \(model.commit)  ", .dim) + what)
                    .wrapped(to: width, indent: 4)
            }
    }
}
