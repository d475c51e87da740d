import Testing

@testable import GafferTool
@testable import gafferctl

private func text(_ table: Table, width: Int? = nil, isColored: Bool = false) -> String {
    String(decoding: table.rendered(width: width, isColored: isColored), as: UTF8.self)
}

@Suite("A table")
struct TableTests {
    private var sample: Table {
        var table = Table([
            Table.Column(title: "JOB"),
            Table.Column(title: "PROCS", isNumber: true),
            Table.Column(title: "UPTIME", isNumber: true, isOptional: true),
            Table.Column(title: "LAST EXIT", minimum: 8, isOptional: true),
            Table.Column(title: "NEXT", minimum: 6),
        ])
        table.add(.init("shop.web"), .init("2/3"), .init("5m 12s"), .init("code 1, 5m 00s ago"), .init("restart in 3s"))
        table.add(.init("default.a-long-name"), .init("10/10"), .init("3s"), .init("-"), .init("-"))
        return table
    }

    @Test("is as wide as its cells, and no line ends in blanks")
    func plain() {
        #expect(
            text(sample) == """
                JOB                  PROCS  UPTIME  LAST EXIT           NEXT
                shop.web               2/3  5m 12s  code 1, 5m 00s ago  restart in 3s
                default.a-long-name  10/10      3s  -                   -

                """
        )
    }

    @Test("shortens the widest column that may be shortened")
    func shortened() {
        #expect(
            text(sample, width: 60) == """
                JOB                  PROCS  UPTIME  LAST EXIT  NEXT
                shop.web               2/3  5m 12s  code 1, …  restart in 3s
                default.a-long-name  10/10      3s  -          -

                """
        )
    }

    @Test("leaves columns out where shortening is not enough")
    func leftOut() {
        #expect(
            text(sample, width: 45)
                == """
                JOB                  PROCS  UPTIME  NEXT
                shop.web               2/3  5m 12s  resta…
                default.a-long-name  10/10      3s  -

                """
        )
    }

    @Test("never cuts names")
    func names() {
        #expect(
            text(sample, width: 10) == """
                JOB                  PROCS  NEXT
                shop.web               2/3  resta…
                default.a-long-name  10/10  -

                """
        )
    }

    @Test("fits every terminal that has room for its names", arguments: 35...100)
    func fits(width: Int) {
        for line in text(sample, width: width).split(separator: "\n") {
            #expect(String(line).columns <= width)
        }
    }

    @Test("colours cells and not the room between them")
    func colored() {
        var table = Table([Table.Column(title: "A"), Table.Column(title: "B", isNumber: true)])
        table.add(.init("x", .good), .init("100"))
        #expect(
            text(table, isColored: true) == "\u{1B}[1mA\u{1B}[0m    \u{1B}[1mB\u{1B}[0m\n\u{1B}[32mx\u{1B}[0m  100\n"
        )
    }

    @Test("makes harmless what it is given, and counts columns, not bytes")
    func foreign() {
        var table = Table([Table.Column(title: "A"), Table.Column(title: "B")])
        table.add(.init("a\u{1B}[2J\nb"), .init("1"))
        table.add(.init("日本é"), .init("2"))
        #expect(text(table) == "A              B\na\\u{1b}[2J\\nb  1\n日本é          2\n")
    }
}
