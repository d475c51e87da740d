import Gaffer
import GafferModel

/// A program that supervises processes of its own: one that ends by itself, and one that is kept alive.
@main
struct EmbeddingExample {
    static func main() async throws {
        let supervision = try Supervision()
        let manager = supervision.manager

        // Listen first, so that nothing is missed.
        let events = manager.events.events()

        let greeter = try JobName(parsing: "example.greeter")
        var greeting = JobConfig(cmd: "echo hello from $GAFFER_JOB")
        greeting.shell = true
        greeting.restart = .never
        _ = try await manager.load(greeting, as: greeter)

        follow: for await event in events where event.job == greeter {
            switch event.kind {
            case .spawn(let pid, let osPid, _, _): print("\(event.job): started as \(pid), os pid \(osPid)")
            case .exit(let pid, _, let status, _): print("\(event.job): \(pid) ended with \(status)")
            case .spawnError(_, let reason): print("\(event.job): \(reason)")
            case .finish: break follow
            default: continue
            }
        }

        let worker = try JobName(parsing: "example.worker")
        let loading = try await manager.load(JobConfig(cmd: "sleep 1000"), as: worker)
        try await loading.settled(within: .seconds(10))
        let scaling = try await manager.scale(worker, .to(3))
        try await scaling.change.settled(within: .seconds(10))
        let info = try manager.info(of: worker)
        print("\(info.name): \(info.state), \(info.instances.count) processes")

        // Stops the three, and reads to its end what anything has written.
        await supervision.shutDown()
        for output in try manager.tail(of: greeter, lines: 10, label: "stdout") {
            print(String(decoding: output.bytes, as: UTF8.self), terminator: "")
        }
    }
}
