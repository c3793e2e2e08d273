import Foundation

/// The report of a run with a line on top that follows the run.
enum LivePage {
    /// - Parameters:
    ///   - report: a page of `RunReport`.
    ///   - run: as it was when the page was made.
    static func html(_ report: Data, _ run: RunRow) -> Data {
        var page = report
        replace(Data("default-src 'none';".utf8), with: "default-src 'none'; connect-src 'self';", in: &page)
        let style = "position:sticky;top:0;z-index:3;margin:0;padding:6px 28px;background:var(--panel);color:var(--ink)"
        let line = """
            <body>
            <style>@media print { #rsd-live { display: none; } }</style>
            <p id="rsd-live" style="\(style)" role="status" data-events="../../events?run=\(address(run))" \
            data-made="\(run.state)/\(run.finished)"><a href="../../">All runs</a> <span></span> \
            <a href="" hidden>Show the latest</a></p>
            <script type="module">
            \(String(decoding: PackageResources.live_js, as: UTF8.self))
            </script>
            """
        replace(Data("<body>".utf8), with: line, in: &page)
        return page
    }

    /// The encoded id.
    private static func address(_ run: RunRow) -> Substring { run.href.dropFirst("run/".count).dropLast() }

    /// Replaces the first occurrence, which is the page's own: data comes after it.
    private static func replace(_ old: Data, with new: String, in page: inout Data) {
        guard let place = page.range(of: old) else { return }
        page.replaceSubrange(place, with: Data(new.utf8))
    }
}
