/// What somebody meant who mistyped a name.
enum NearestName {
    /// The name that differs least; `nil` if none is near: at most a third of its letters, or two, may differ.
    static func of(_ given: String, among names: [String]) -> String? {
        let near = names.map { (name: $0, distance: distance(given.lowercased(), $0.lowercased())) }
            .filter { $0.distance <= max(2, $0.name.count / 3) && $0.distance < $0.name.count }
        return near.min { $0.distance < $1.distance }?.name
    }

    /// How many letters must be put in, taken out, changed or swapped with their neighbour.
    static func distance(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one), Array(other))
        var rows = [Array(0...other.count)]
        for i in 1...max(1, one.count) where i <= one.count {
            var row = [i]
            for j in 1...max(1, other.count) where j <= other.count {
                let isSame = one[i - 1] == other[j - 1]
                var best = min(row[j - 1] + 1, rows[i - 1][j] + 1, rows[i - 1][j - 1] + (isSame ? 0 : 1))
                if i > 1, j > 1, one[i - 1] == other[j - 2], one[i - 2] == other[j - 1] {
                    best = min(best, rows[i - 2][j - 2] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}
