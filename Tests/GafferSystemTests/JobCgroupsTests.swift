import Glibc
import Testing

@testable import GafferSystem

@Suite("The cgroups of jobs", .enabled(if: TestCgroup.isPossible, "needs root and a writable cgroup2"))
struct JobCgroupsTests {
    /// Takes a cgroup over as gafferd does, in a process of its own, since that moves it there.
    private static func taken(
        isMarked: Bool = true,
        isTrusted: Bool = false,
        _ body: (borrowing TestCgroup, CgroupSupport) throws -> Void
    ) throws {
        let home = CgroupTree.ownPath() ?? "/"
        let cgroup = try TestCgroup()
        if isMarked { try cgroup.markAsDelegated() }
        try cgroup.directory.write("0", to: "cgroup.procs")
        defer { try? cgroup.tree.directory(home).write("0", to: "cgroup.procs") }
        try body(cgroup, CgroupSupport.take(isTrusted: isTrusted))
    }

    @Test("A cgroup that is marked as delegated, or trusted, is taken over; another is left as it is")
    func take() async {
        await #expect(processExitsWith: .success) {
            for (isMarked, isTrusted) in [(true, false), (true, true), (false, true), (false, false)] {
                try Self.taken(isMarked: isMarked, isTrusted: isTrusted) { cgroup, support in
                    let isTaken = isMarked || isTrusted
                    precondition((support.cgroups != nil) == isTaken)
                    precondition(
                        support.reason
                            == (isTaken ? nil : "the cgroup /\(cgroup.name) is not delegated to gafferd (Delegate=yes)")
                    )
                    precondition(CgroupTree.ownPath() == "/\(cgroup.name)" + (isTaken ? "/supervisor" : ""))
                    precondition(cgroup.directory.child("jobs").exists == isTaken)
                }
            }
        }
    }

    @Test("It is taken over again by who is in the leaf already, and what is left in it is removed")
    func again() async {
        await #expect(processExitsWith: .success) {
            try Self.taken { cgroup, _ in
                let old = cgroup.directory.child("jobs").child("a.b.job")
                try old.make()
                try old.child("1").make()
                let support = CgroupSupport.take(isTrusted: false)
                precondition(support.cgroups?.jobs == cgroup.directory.child("jobs"))
                precondition(CgroupTree.ownPath() == "/\(cgroup.name)/supervisor")
                precondition(!old.exists)
            }
        }
    }

    @Test("A tree without it says so")
    func none() throws {
        let folder = try TemporaryFolder()
        #expect(CgroupTree.find(below: folder.path) == nil)
        let support = CgroupSupport.take("/x", in: CgroupTree(mountPoint: folder.path), isTrusted: true)
        let reason = try #require(support.reason)
        #expect(reason.contains("\(folder.path)/x/supervisor") && reason.contains("mkdir"))
    }

    private func cgroups(in cgroup: borrowing TestCgroup) throws -> JobCgroups {
        let jobs = cgroup.directory.child("jobs")
        try jobs.make()
        return JobCgroups(tree: cgroup.tree, jobs: jobs, controllers: [], refusals: [.memory: "why"])
    }

    @Test("Each process has a leaf in its job's, and both go when they are no longer used")
    func leaves() throws {
        let cgroup = try TestCgroup()
        let cgroups = try cgroups(in: cgroup)
        let (first, unset) = try cgroups.makeLeaf(ofJob: "shop.web", pid: 1, limits: [], isRequired: true)
        let second = try cgroups.makeLeaf(ofJob: "shop.web", pid: 2, limits: [], isRequired: true).leaf
        #expect(unset == [])
        #expect(first.path == "/\(cgroup.name)/jobs/shop.web.job/1")
        #expect(second.directory.exists)
        #expect(first.directory.isPopulated == false)

        cgroups.release(first)
        #expect(first.directory.exists)
        cgroups.sweep()
        #expect(!first.directory.exists)
        cgroups.forget("shop.web")
        cgroups.sweep()
        // The second one is nobody's that is known; the job's goes with it all the same, as nothing is in it.
        #expect(cgroups.jobs.children == [])
        let third = try cgroups.makeLeaf(ofJob: "shop.web", pid: 3, limits: [], isRequired: true).leaf
        #expect(third.directory.exists)
        cgroups.removeUnused()
        #expect(cgroups.jobs.children == [])
    }

    @Test("What is in use stays until it is not")
    func inUse() throws {
        let cgroup = try TestCgroup()
        let cgroups = try cgroups(in: cgroup)
        let leaf = try cgroups.makeLeaf(ofJob: "a.b", pid: 1, limits: [], isRequired: true).leaf
        let descriptor = try leaf.directory.open()
        defer { close(descriptor) }
        var request = script("echo ready; read line")
        request.cgroup = descriptor
        var child = try TestChild(request)
        #expect(child.readLine() == "ready")
        #expect(leaf.directory.isPopulated == true)
        #expect(try leaf.directory.processes() == [child.osPid])
        #expect(cgroups.leaf(of: child.osPid) == leaf)
        cgroups.release(leaf)
        cgroups.forget("a.b")
        cgroups.sweep()
        cgroups.removeUnused()
        #expect(leaf.directory.exists)
        // The name is taken, so that another process of that number gets one like it.
        let other = try cgroups.makeLeaf(ofJob: "a.b", pid: 1, limits: [], isRequired: true).leaf
        #expect(other.path == leaf.path + "-2")

        try leaf.directory.kill()
        #expect(try child.wait().outcome == .signal(SIGKILL, dumpedCore: false))
        #expect(leaf.directory.isPopulated == false)
        cgroups.forget("a.b")
        cgroups.sweep()
        #expect(cgroups.jobs.children == [])
        #expect(cgroups.leaf(of: getpid()) == nil)
    }

    @Test("Processes in cgroups of a process's own making are its own")
    func nested() throws {
        let cgroup = try TestCgroup()
        let cgroups = try cgroups(in: cgroup)
        let leaf = try cgroups.makeLeaf(ofJob: "a.b", pid: 1, limits: [], isRequired: true).leaf
        let inner = leaf.directory.child("inner")
        try inner.make()
        let descriptor = try inner.open()
        defer { close(descriptor) }
        var request = script("echo ready; read line")
        request.cgroup = descriptor
        var child = try TestChild(request)
        #expect(child.readLine() == "ready")
        #expect(try leaf.directory.processes() == [child.osPid])
        #expect(cgroups.leaf(of: child.osPid) == leaf)
        #expect(!leaf.directory.removeAll())
        _ = try child.wait()
        #expect(leaf.directory.removeAll())
    }

    @Test("A limit whose file is not there is an error, or told, as it is asked")
    func unset() throws {
        let cgroup = try TestCgroup()
        let cgroups = try cgroups(in: cgroup)
        #expect(cgroups.lack(of: .memory) == "why")
        #expect(cgroups.lack(of: .cpu) == "/\(cgroup.name)/jobs has no cpu controller")
        // The controller that would have it is not used in the tests' tree.
        let limits: [CgroupLimit] = [.tasksMax(5)]
        let file = cgroups.directory(ofJob: "a.b").path + "/pids.max"
        guard !cgroups.directory(ofJob: "a.b").has("pids.max") else { return }
        do throws(SystemError) {
            _ = try cgroups.makeLeaf(ofJob: "a.b", pid: 1, limits: limits, isRequired: true)
            Issue.record("There is a \(file).")
        } catch {
            #expect(error.errno == EACCES || error.errno == ENOENT)
            #expect(error.what == file)
        }
        let made = try cgroups.makeLeaf(ofJob: "a.b", pid: 1, limits: limits, isRequired: false)
        #expect(made.unset.map(\.what) == [file])
        #expect(cgroups.limit("a.b", to: limits).map(\.what) == [file])
        #expect(cgroups.limit("a.b", to: []) == [])
        #expect(cgroups.limit("unknown", to: limits) == [])
    }

    @Test("A job's cgroup that somebody removed is made again")
    func removed() throws {
        let cgroup = try TestCgroup()
        let cgroups = try cgroups(in: cgroup)
        _ = try cgroups.makeLeaf(ofJob: "a.b", pid: 1, limits: [], isRequired: true)
        #expect(cgroups.directory(ofJob: "a.b").removeAll())
        #expect(try cgroups.makeLeaf(ofJob: "a.b", pid: 2, limits: [], isRequired: true).leaf.directory.exists)
    }
}
