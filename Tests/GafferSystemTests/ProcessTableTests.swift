import CGafferSystem
import Glibc
import Testing

@testable import GafferSystem

/// A row of a table: by default it leads no session of its own and was started later than what has a lower number.
private func row(
    _ osPid: Int32,
    parent: Int32,
    session: Int32 = 1,
    group: Int32? = nil,
    started: UInt64? = nil,
    state: Character = "S"
) -> ProcessEntry {
    ProcessEntry(
        osPid: osPid,
        state: state.asciiValue ?? 0,
        parent: parent,
        processGroup: group ?? session,
        session: session,
        startTime: started ?? UInt64(osPid)
    )
}

@Suite("The families of a process table")
struct FamiliesTests {
    private let table = ProcessTable([
        row(1, parent: 0), row(10, parent: 1), row(11, parent: 10), row(12, parent: 11), row(13, parent: 10),
        row(20, parent: 1),
    ])

    @Test(
        "are all below a process, parents first",
        arguments: [
            (10, [11, 13, 12]), (12, []), (1, [10, 20, 11, 13, 12]), (999, []),
        ] as [(Int32, [Int32])]
    )
    func descendants(osPid: Int32, expected: [Int32]) {
        #expect(table.descendants(of: osPid).map(\.osPid) == expected)
    }

    @Test("end where a number that was given out anew makes a ring")
    func ring() {
        let table = ProcessTable([row(2, parent: 3), row(3, parent: 2), row(4, parent: 4)])
        #expect(table.descendants(of: 2).map(\.osPid) == [3])
        #expect(table.descendants(of: 4).isEmpty)
    }

    @Test("may be very deep")
    func deep() {
        let table = ProcessTable((2...50_000).map { row($0, parent: $0 - 1) })
        #expect(table.descendants(of: 1).count == 49_999)
    }

    @Test("are read from /proc")
    func real() throws {
        var child = try TestChild(script("sleep 600 & echo $!; wait"))
        let grandchild = try #require(Int32(child.readLine()))
        let table = try ProcessTable.snapshot()
        #expect(table.descendants(of: child.osPid).map(\.osPid) == [grandchild])
        #expect(table.descendants(of: getpid()).map(\.osPid).contains(grandchild))
        child.closeInput()
        kill(grandchild, SIGKILL)
        _ = try child.wait()
    }
}

@Suite("The processes of a tree")
struct AttributionTests {
    typealias Root = ProcessTable.Root

    private static let supervisor: Int32 = 5

    /// The supervisor with what the rows add; members by gaffer's pid, `unattributed` under 0.
    private func attribute(
        _ rows: [ProcessEntry],
        roots: [Root],
        markers: [Int32: Int] = [:]
    ) -> [Int: [Int32]] {
        let table = ProcessTable([row(1, parent: 0), row(5, parent: 1, session: 5)] + rows)
        let found = table.attribution(roots: roots, supervisor: Self.supervisor) { markers[$0] }
        var result = found.members.mapValues { $0.map(\.osPid) }
        if !found.unattributed.isEmpty { result[0] = found.unattributed.map(\.osPid) }
        return result
    }

    private let roots = [
        Root(osPid: 10, gafferPid: 1, startTime: 10), Root(osPid: 20, gafferPid: 2, startTime: 20),
    ]

    @Test("are those below its root, the root left out")
    func descendants() {
        let rows = [
            row(10, parent: 5, session: 10), row(11, parent: 10, session: 10), row(12, parent: 11, session: 12),
            row(20, parent: 5, session: 20), row(21, parent: 20, session: 20),
        ]
        #expect(attribute(rows, roots: roots) == [1: [11, 12], 2: [21]])
    }

    @Test(
        "are orphans of its session, or of its process group",
        arguments: [
            row(30, parent: 5, session: 10), row(30, parent: 5, session: 99, group: 10),
        ]
    )
    func orphans(orphan: ProcessEntry) {
        let rows = [
            row(10, parent: 5, session: 10), row(20, parent: 5, session: 20), orphan, row(31, parent: 30, session: 31),
        ]
        #expect(attribute(rows, roots: roots) == [1: [30, 31]])
    }

    @Test("are orphans of the session of a root that is gone")
    func deadRoot() {
        #expect(attribute([row(30, parent: 5, session: 10)], roots: roots) == [1: [30]])
        // A zombie still bears its number.
        let zombie = row(10, parent: 5, session: 10, state: "Z")
        #expect(attribute([zombie, row(30, parent: 5, session: 10)], roots: roots) == [1: [30]])
    }

    @Test("are orphans with its GAFFER_PID, however they hide otherwise, and what is below them")
    func marker() {
        let rows = [row(10, parent: 5, session: 10), row(30, parent: 5, session: 30), row(31, parent: 30, session: 31)]
        #expect(attribute(rows, roots: roots, markers: [30: 1]) == [1: [30, 31]])
    }

    @Test("are not those of another supervisor below this one, which numbers its processes alike")
    func otherSupervisor() {
        let rows = [row(10, parent: 5, session: 10), row(30, parent: 5, session: 30), row(31, parent: 30, session: 31)]
        #expect(attribute(rows, roots: roots, markers: [31: 1]) == [0: [30, 31]])
    }

    @Test("are not those that hide everything")
    func unattributed() {
        let rows = [row(30, parent: 5, session: 30), row(31, parent: 30, session: 30)]
        #expect(attribute(rows, roots: roots) == [0: [30, 31]])
    }

    @Test("are not told by a marker of no known root, or of a younger one")
    func strangeMarker() {
        let rows = [row(15, parent: 5, session: 15), row(20, parent: 5, session: 20)]
        #expect(attribute(rows, roots: roots, markers: [15: 7]) == [0: [15]])
        #expect(attribute(rows, roots: roots, markers: [15: 2]) == [0: [15]])
    }

    @Test("are not a stranger with the number of a root that is gone, nor its session")
    func reusedNumber() {
        let stranger = row(10, parent: 5, session: 10, started: 500)
        let below = row(40, parent: 5, session: 10, started: 501)
        #expect(attribute([stranger, below], roots: roots) == [0: [10, 40]])
    }

    @Test("are not older than their root")
    func older() {
        let rows = [row(10, parent: 5, session: 10), row(30, parent: 5, session: 10, started: 9)]
        #expect(attribute(rows, roots: roots) == [0: [30]])
    }

    @Test("are never others than descendants of the supervisor")
    func strangers() {
        let rows = [
            row(10, parent: 5, session: 10), row(30, parent: 1, session: 10), row(31, parent: 30, session: 31),
            row(32, parent: 1, session: 32),
        ]
        #expect(attribute(rows, roots: roots, markers: [31: 1, 32: 1]) == [:])
    }

    @Test("are those below and in the session of a root that was adopted, though it is nobody's child here")
    func adopted() {
        let rows = [
            row(10, parent: 1, session: 10), row(11, parent: 10, session: 11), row(30, parent: 1, session: 10),
            row(31, parent: 30, session: 31), row(32, parent: 1, session: 32),
        ]
        #expect(attribute(rows, roots: roots) == [1: [11, 30, 31]])
        // Another process has its number: nothing is proven.
        let stranger = [row(10, parent: 1, session: 10, started: 700), row(11, parent: 10, session: 10, started: 701)]
        #expect(attribute(stranger, roots: roots) == [:])
    }

    @Test("are told with start time and state")
    func members() {
        let table = ProcessTable([row(10, parent: 5, session: 10), row(11, parent: 10, started: 77, state: "T")])
        let found = table.attribution(roots: roots, supervisor: Self.supervisor) { _ in nil }
        #expect(found.members == [1: [.init(osPid: 11, startTime: 77, state: UInt8(ascii: "T"))]])
    }

    @Test("are asked for a marker only where nothing else tells, and never when they are zombies")
    func asked() {
        let table = ProcessTable([
            row(10, parent: 5, session: 10), row(11, parent: 10), row(30, parent: 5, session: 30),
            row(31, parent: 5, session: 31, state: "Z"),
        ])
        var asked: [Int32] = []
        _ = table.attribution(roots: roots, supervisor: Self.supervisor) { osPid in
            asked.append(osPid)
            return nil
        }
        #expect(asked == [30])
    }

    @Test("are told apart in /proc: a double-forked one by session, a setsid one by GAFFER_PID")
    func real() async {
        await #expect(processExitsWith: .success) {
            precondition(gaffer_become_subreaper() == 0)
            var request = script(
                """
                (sleep 600 & echo $!) & wait
                (setsid sleep 600 & echo $!) & wait
                (env -i setsid sleep 600 & echo $!) & wait
                """
            )
            request.environment.append("GAFFER_PID=42")
            var child = try TestChild(request)
            let plain = Int32(child.readLine()) ?? 0
            let hidden = Int32(child.readLine()) ?? 0
            let bare = Int32(child.readLine()) ?? 0
            let exit = try child.wait()
            precondition(exit.outcome == .code(0))
            // setsid(1) and env(1) take a moment; each has become sleep(1) once its name says so.
            for osPid in [plain, hidden, bare] {
                while ProcessTable.readOne(osPid)?.command != "sleep" { sched_yield() }
            }

            let files = try ProcessFiles()
            let found = try ProcessTable.snapshot().attribution(
                roots: [.init(osPid: child.osPid, gafferPid: 42, startTime: child.startTime)],
                supervisor: getpid()
            ) { files.gafferPid(of: $0) }
            precondition(Set(found.members[42, default: []].map(\.osPid)) == [plain, hidden], "\(found)")
            precondition(found.unattributed.map(\.osPid) == [bare], "\(found)")
            for osPid in [plain, hidden, bare] { kill(osPid, SIGKILL) }
            var ended: Set<Int32> = []
            while ended.count < 3 {
                guard let osPid = try ChildExit.anyEnded() else { continue }
                let exit = try ChildExit.reap(osPid: osPid)
                precondition(exit?.outcome == .signal(SIGKILL, dumpedCore: false))
                ended.insert(osPid)
            }
            precondition(ended == [plain, hidden, bare])
            let none = try ChildExit.anyEnded()
            precondition(none == nil)
        }
    }
}
