import GafferClient
import GafferModel
import Testing

@testable import gaffer

@Suite("What loading does")
struct LoadPlanTests {
    private static let options = LoadPlan.Options(procfile: "/srv/shop/Procfile")

    private func wanted(_ cmd: String = "serve", count: Int? = nil) throws -> LoadPlan.Wanted {
        LoadPlan.Wanted(name: try JobName(parsing: "shop.web"), config: JobConfig(cmd: cmd), count: count)
    }

    private func loaded(_ config: String, name: String = "shop.web", wanted: Int = 1) throws -> JobStatus {
        try JobStatus(JSON(parsing: Array(job(name, config: config, wanted: wanted).utf8)))
    }

    private func step(
        _ wanted: LoadPlan.Wanted,
        _ loaded: JobStatus,
        _ options: LoadPlan.Options = options
    ) throws -> LoadPlan.Step {
        let plan = LoadPlan(wanted: [wanted], loaded: [loaded], options: options)
        return try #require(plan.entries.first).step
    }

    @Test("loads a job that is not there, and says which Procfile it is of")
    func load() throws {
        let plan = LoadPlan(wanted: [try wanted(count: 3)], loaded: [], options: Self.options)
        guard case .load(let config)? = plan.entries.first?.step else {
            Issue.record("\(plan.entries)")
            return
        }
        #expect(config.numprocesses == 3)
        #expect(config.start)
        #expect(config.extra == [.init("procfile", .string("/srv/shop/Procfile"))])
        let stopped = LoadPlan(wanted: [try wanted()], loaded: [], options: LoadPlan.Options(starts: false))
        guard case .load(let config)? = stopped.entries.first?.step else {
            Issue.record("\(stopped.entries)")
            return
        }
        #expect(!config.start)
        #expect(config.extra.isEmpty)
    }

    @Test(
        "keeps what is the same, whatever its number and wherever it was started",
        arguments: [
            (#"{"cmd":"serve"}"#, 1), (#"{"cmd":"serve","numprocesses":4}"#, 4), (#"{"cmd":"serve","start":false}"#, 0),
            (#"{"cmd":"serve","procfile":"/other/Procfile","note":1}"#, 2), (#"{"name":"shop.web","cmd":"serve"}"#, 1),
        ]
    )
    func keep(config: String, number: Int) throws {
        #expect(try step(wanted(), loaded(config, wanted: number)) == .keep)
    }

    @Test("scales where a number was asked for, and nothing else differs")
    func scale() throws {
        #expect(try step(wanted(count: 2), loaded(#"{"cmd":"serve"}"#, wanted: 2)) == .keep)
        #expect(try step(wanted(count: 3), loaded(#"{"cmd":"serve"}"#, wanted: 2)) == .scale(to: 3))
        // One that is stopped wants none, and still has its number.
        #expect(try step(wanted(count: 2), loaded(#"{"cmd":"serve","numprocesses":2}"#, wanted: 0)) == .keep)
    }

    @Test(
        "changes what differs, and leaves its number and whether it runs",
        arguments: [
            (1, true, nil, 1, true), (4, true, nil, 4, true), (4, true, 2, 2, true), (4, false, nil, 4, true),
            (0, true, nil, 2, true), (0, false, nil, 2, false),
        ] as [(Int, Bool, Int?, Int, Bool)]
    )
    func change(number: Int, starts: Bool, count: Int?, becomes: Int, isStarted: Bool) throws {
        let status = try loaded(#"{"cmd":"serve","numprocesses":2}"#, wanted: number)
        let options = LoadPlan.Options(starts: starts)
        guard case .change(let config) = try step(wanted("serve2", count: count), status, options) else {
            Issue.record("It is not changed.")
            return
        }
        #expect(config.cmd == "serve2")
        #expect(config.numprocesses == becomes)
        #expect(config.start == isStarted)
    }

    @Test("removes first what came from a Procfile and is not in it any more, and leaves others alone")
    func remove() throws {
        let old = try loaded(#"{"cmd":"x","procfile":"/srv/shop/Procfile"}"#, name: "shop.old")
        let other = try loaded(#"{"cmd":"x"}"#, name: "shop.other")
        let plan = LoadPlan(wanted: [try wanted()], loaded: [other, old], options: Self.options)
        #expect(plan.entries.map { "\($0.name)" } == ["shop.old", "shop.web"])
        #expect(plan.entries.first?.step == .remove)
        #expect(plan.strangers.map { "\($0)" } == ["shop.other"])
        let file = LoadPlan(wanted: [try wanted()], loaded: [other, old], options: LoadPlan.Options())
        #expect(file.entries.map { "\($0.name)" } == ["shop.web"])
        #expect(file.strangers.isEmpty)
    }

    @Test("tells which variables can't be compared")
    func hidden() throws {
        var job = try wanted()
        job.config.env = ["COLOR": "red"]
        let hidden = try loaded(#"{"cmd":"serve","env":{"COLOR":"***"}}"#)
        #expect(LoadPlan(wanted: [job], loaded: [hidden], options: Self.options).hidden == [job.name])
        let shown = try loaded(#"{"cmd":"serve","env":{"COLOR":"blue"}}"#)
        #expect(LoadPlan(wanted: [job], loaded: [shown], options: Self.options).hidden.isEmpty)
    }
}
