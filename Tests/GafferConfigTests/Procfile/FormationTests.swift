import GafferConfig
import Testing

@Suite("How many processes of each type")
struct FormationTests {
    @Test(
        "Pairs stand in one text or several, and the later wins",
        arguments: [
            ([], [:], 1), (["web=2"], ["web": 2], 1), (["web=2,worker=3"], ["web": 2, "worker": 3], 1),
            (["web=2 worker=3"], ["web": 2, "worker": 3], 1), (["web=2, worker=3,"], ["web": 2, "worker": 3], 1),
            (["web=2", "worker=3"], ["web": 2, "worker": 3], 1), (["web=2", "web=4"], ["web": 4], 1),
            (["all=2"], [:], 2), (["all=0,web=1"], ["web": 1], 0), (["web=0"], ["web": 0], 1),
            (["web=100000"], ["web": 100_000], 1), (["web=007"], ["web": 7], 1), ([""], [:], 1),
        ] as [([String], [String: Int], Int)]
    )
    func pairs(texts: [String], counts: [String: Int], others: Int) throws {
        let formation = try Formation(parsing: texts)
        #expect(formation == Formation(counts: counts, others: others))
        #expect(formation.count(of: "nobody") == others)
        for (type, count) in counts { #expect(formation.count(of: type) == count) }
    }

    @Test(
        "Each pair that can't be read is told",
        arguments: [
            (["web"], ["-c web: TYPE=NUMBER is expected, as web=2."]),
            (["=2"], ["-c =2: TYPE=NUMBER is expected, as web=2."]),
            (["web="], [#"-c web=: "" is no number of processes, 0 to 100000."#]),
            (["web=-1"], [#"-c web=-1: "-1" is no number of processes, 0 to 100000."#]),
            (["web=1=2"], [#"-c web=1=2: "1=2" is no number of processes, 0 to 100000."#]),
            (["all=many"], [#"-c all=many: "many" is no number of processes, 0 to 100000."#]),
            (
                ["web=100001,worker", "x=99999999999999999999"],
                [
                    #"-c web=100001: "100001" is no number of processes, 0 to 100000."#,
                    "-c worker: TYPE=NUMBER is expected, as web=2.",
                    #"-c x=99999999999999999999: "99999999999999999999" is no number of processes, 0 to 100000."#,
                ]
            ),
        ]
    )
    func refused(texts: [String], messages: [String]) {
        do {
            _ = try Formation(parsing: texts)
            Issue.record("it was read")
        } catch {
            #expect(error.errors.map(\.description) == messages)
        }
    }
}

@Suite("The name of an application")
struct ApplicationNameTests {
    @Test(
        "It is the folder's, where that can be one",
        arguments: [
            ("/srv/shop", "shop"), ("/srv/shop/", "shop"), ("/a_b-2", "a_b-2"),
            ("/" + String(repeating: "a", count: 100), String(repeating: "a", count: 100)),
        ]
    )
    func ofFolder(folder: String, name: String) throws {
        #expect(try ApplicationName.of(folder: folder) == name)
        #expect(ApplicationName.nearest(to: name) == name)
    }

    @Test(
        "A folder that can't name one is told, with a name that can",
        arguments: [
            ("/srv/Shop", "shop"), ("/srv/My Shop (2)", "my-shop-2"), ("/srv/2shop", "shop"), ("/", "app"),
            ("/srv/123", "app"), ("/srv/c++", "c"), ("/srv/shop.example.org", "shop-example-org"), ("/srv/日本", "app"),
            ("/" + String(repeating: "a", count: 101), String(repeating: "a", count: 100)), ("/srv/_x_", "x_"),
            ("/srv/Été", "t"),
        ]
    )
    func otherFolders(folder: String, nearest: String) {
        do {
            Issue.record("it is named \(try ApplicationName.of(folder: folder))")
        } catch {
            let message = error.description
            #expect(message.hasSuffix(" Give a name, as with --app \(nearest)."), "\(message)")
            #expect(ApplicationName.isValid(nearest))
        }
    }

    @Test("A name that is given has to be one", arguments: ["", "Shop", "a b", "2a", "a+b", "a.b", "-a", "é"])
    func refused(name: String) {
        #expect(!ApplicationName.isValid(name))
        #expect(throws: ConfigErrors.self) { try ApplicationName.check(name) }
    }
}
