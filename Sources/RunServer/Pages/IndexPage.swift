import Foundation
import ReportPage
import Support

/// The list of runs as HTML. Its script keeps it up to date.
struct IndexPage {
    /// The folder, as the user typed it.
    var folder: String
    var rows: [RunRow]
    /// Lets the page's own style and script in, and no others.
    var nonce: String

    /// `3 runs, 1 running`
    static func lead(_ rows: [RunRow]) -> String {
        let running = rows.count { $0.state == "running" }
        return NumberFormat.counted(rows.count, "run") + (running > 0 ? ", \(running) running" : "")
    }

    var html: Data {
        let parts = [
            "title": "\(folder) · rsd-batch".htmlLines, "folder": folder.htmlLines,
            "lead": Self.lead(rows), "rows": rows.map(Self.row).joined(separator: "\n"), "nonce": nonce,
            "empty": rows.isEmpty ? "" : " hidden",
            "style": ReportPage.baseStyle + "\n" + String(decoding: PackageResources.index_css, as: UTF8.self),
            "script": String(decoding: PackageResources.index_js, as: UTF8.self),
        ]
        return Data(Template.fill(String(decoding: PackageResources.index_html, as: UTF8.self), parts).utf8)
    }

    var policy: String {
        "default-src 'none'; style-src 'nonce-\(nonce)'; script-src 'nonce-\(nonce)'; connect-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'"
    }

    /// The files of a run that is not done are not complete.
    private static func row(_ run: RunRow) -> String {
        let (id, href) = (run.id.htmlLines, run.href.htmlLines)
        func cell(_ field: String, _ text: String, label: Bool = true) -> String {
            let label = label ? " data-label=\"\(labels[field] ?? field)\"" : ""
            return "<td data-field=\"\(field)\"\(label)>\(text.htmlLines)</td>"
        }
        let files = RunFiles.names.map { "<a href=\"\(href)\($0)\">\($0)</a>" }.joined()
        return """
            <tr data-run="\(id)" data-state="\(run.state)"><th scope="row"><a class="name" dir="auto" href="\(href)">\(id)</a>\
            <span class="job" data-field="job" dir="auto">\(run.job.htmlLines)</span>\
            <span class="files"\(run.state == "done" ? "" : " hidden")>\(files)</span>\
            <span data-field="fault" dir="auto">\((run.fault ?? "").htmlLines)</span></th>\
            \(cell("state", words[run.state] ?? run.state, label: false))\
            <td><span data-field="progress">\(run.progress.htmlLines)</span>\
            <progress max="\(max(1, run.total))" value="\(run.finished)"></progress></td>\
            \(cell("accuracy", run.accuracy))\(cell("acceptance", run.acceptance))\(cell("left", run.left))\
            \(cell("begun", run.begun))</tr>
            """
    }

    private static let words = ["silent": "no sign of life", "reading": "reading…"]
    private static let labels = ["acceptance": "accepted"]
}

/// Text with `{{names}}` of parts. What a part holds is not looked at again.
enum Template {
    static func fill(_ text: String, _ parts: [String: String]) -> String {
        text.replacing(/\{\{(\w+)\}\}/) { parts[String($0.1)] ?? "" }
    }
}
