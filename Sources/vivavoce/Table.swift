/// Rows under a heading, in columns.
struct Table {
    private let rows: [[String]]

    init(_ heading: [String], _ rows: [[String]]) { self.rows = [heading] + rows }

    /// A line for each row, without a break at the end.
    var text: String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
