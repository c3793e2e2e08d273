import Foundation
import TestSupport
import Testing

@testable import Datasets
@testable import Hub
@testable import JobSpecs
@testable import ModelLifecycle
@testable import Support

/// The conversion with real pyarrow, of the Python that scripts/setup-vllm makes. Starts no engine.
@Suite("Parquet files, converted by real pyarrow") struct ParquetConversionTests {
    /// Runs Python that writes files, then converts them.
    private func converted(_ names: [String], _ script: String) async throws -> (lines: [String], leftOut: [String]) {
        let scratch = try Scratch()
        let python = try #require(try await PythonSearch(venv: nil).first(with: "pyarrow")).python
        let preamble =
            "import datetime, decimal, os, pyarrow as pa, pyarrow.parquet as pq\nos.chdir('\(scratch.url.path)')\n"
        let made = try await CommandOutput.run(python, ["-c", preamble + script])
        try #require(made.status == .exited(code: 0), "\(made.text)")
        let cache = DatasetCache(directory: scratch.file("cache"))
        let sources = try names.map { name in
            let data = try Data(contentsOf: scratch.file(name))
            return DatasetStore.Source(
                name: name, path: scratch.file(name).path, data: data, sha256: SHA256.hex(of: data))
        }
        _ = try await ParquetConversion(cache: cache) { _ in python }.convert(sources)
        let record = try #require(cache.completeRecord(of: ParquetConversion.source(sources)))
        let text = try String(contentsOf: cache.file(record.files[0].sha256), encoding: .utf8)
        return (text.split(separator: "\n").map(String.init), record.leftOut ?? [])
    }

    /// Arrow's arrays of two values, and what becomes of them.
    private static let columns: [(array: String, first: String, second: String)] = [
        ("[2**63 - 1, None]", "9223372036854775807", "null"),
        ("pa.array([2**64 - 1, 0], pa.uint64())", "18446744073709551615", "0"),
        ("[0.1, float('nan')]", "0.1", "NaN"), ("pa.array([0.1, float('inf')], pa.float32())", "0.1", "Infinity"),
        ("[True, None]", "true", "null"), ("pa.nulls(2)", "null", "null"),
        ("pa.array(['\\'\"\\n', 'é😀'], pa.large_string())", #""'\"\n""#, #""é😀""#),
        ("pa.array(['u', 'u']).dictionary_encode()", #""u""#, #""u""#),
        ("pa.array(['p', None], pa.string_view())", #""p""#, "null"),
        ("pa.array([decimal.Decimal('1.50'), decimal.Decimal('3')], pa.decimal128(10, 2))", "1.5", "3"),
        (
            "pa.array([decimal.Decimal('12345678901234567890.12'), None], pa.decimal128(30, 2))",
            #""12345678901234567890.12""#, "null"
        ),
        ("[['a', 'b'], []]", #"["a", "b"]"#, "[]"),
        ("pa.array([[1, 2], None], pa.list_(pa.int32(), 2))", "[1, 2]", "null"),
        ("[{'a': 1, 'b': {'c': ['x']}}, None]", #"{"a": 1, "b": {"c": ["x"]}}"#, "null"),
        ("pa.array([[('k', 1.5)], []], pa.map_(pa.string(), pa.float32()))", #"{"k": 1.5}"#, "{}"),
        (
            "pa.array([1700000000123456789, 0], pa.timestamp('ns'))", #""2023-11-14T22:13:20.123456""#,
            #""1970-01-01T00:00:00""#
        ),
        ("pa.array([[0], None], pa.list_(pa.timestamp('ns', tz='UTC')))", #"["1970-01-01T00:00:00+00:00"]"#, "null"),
        ("[datetime.date(2024, 2, 29), None]", #""2024-02-29""#, "null"),
        ("[datetime.timedelta(seconds=90), None]", "90.0", "null"),
    ]

    @Test("every type has its JSON")
    func values() async throws {
        let fields = Self.columns.enumerated().map { "'v\($0)': \($1.array)" }.joined(separator: ", ")
        let made = try await converted(
            ["t.parquet"], "pq.write_table(pa.table({\(fields)}), 't.parquet', row_group_size=1)")
        func line(_ values: [String]) -> String {
            "{" + values.enumerated().map { "\"v\($0)\": \($1)" }.joined(separator: ", ") + "}"
        }
        #expect(made.lines == [line(Self.columns.map(\.first)), line(Self.columns.map(\.second))])
        #expect(made.leftOut == [])
    }

    @Test("bytes and pandas' index are left out, and files follow each other")
    func leftOut() async throws {
        let made = try await converted(
            ["b.parquet", "a.parquet"],
            """
            def write(name, q):
                pq.write_table(pa.table({'q': q, 'raw': [b'x'] * len(q), 'all': [[b'x']] * len(q),
                    'image': [{'bytes': b'x', 'path': 'p'}] * len(q), '__index_level_0__': list(range(len(q)))}), name)
            write('a.parquet', ['1', '2'])
            write('b.parquet', ['3'])
            """)
        #expect(made.lines == ["3", "1", "2"].map { #"{"q": "\#($0)", "image": {"path": "p"}}"# })
        #expect(made.leftOut == ["raw", "all", "image"])
    }

    @Test(
        "what cannot be converted is an error that names the file and the reason",
        arguments: [
            ("open('t.parquet', 'w').write('no')", "t.parquet is not a Parquet file that can be read"),
            ("pq.write_table(pa.table([[1], [2]], names=['a', 'a']), 't.parquet')", "has two columns 'a'"),
            ("pq.write_table(pa.table({'raw': [b'x']}), 't.parquet')", "has no column that can be read"),
            (
                "pq.write_table(pa.table({'a': ['x' * 99] * 999}), 't.parquet', compression='none', use_dictionary=False)\n"
                    + "b = bytearray(open('t.parquet', 'rb').read()); b[4:60] = bytes(56); open('t.parquet', 'wb').write(b)",
                "cannot be converted"
            ),
        ])
    func refused(script: String, reason: String) async throws {
        let error = await #expect(throws: Unreadable.self) { try await converted(["t.parquet"], script) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
