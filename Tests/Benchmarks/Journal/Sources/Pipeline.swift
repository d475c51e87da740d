// The way of a process's output into the journal, as gafferd goes it, without the rest of gafferd.
//
//   pipeline journal|ring SOCKET PROGRAM ARGUMENT...   runs the program with a pipe as stdout; says what was sent and
//                                                      what processor time this process took
internal import GafferSystem
internal import GafferSystemd
internal import Glibc

/// Tells when a stream has ended.
private final class End: OutputObserver {
    let wakeup = Wakeup()

    func received(_ bytes: ByteView, at offset: UInt64) {}

    func ended() {
        wakeup.set()
    }
}

private func processorTime() -> (user: Double, system: Double, switches: Int) {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return (seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_nvcsw)
}

/// The first words of a file of /proc.
private func words(_ path: String) -> [Substring] {
    guard let file = fopen(path, "re") else { return [] }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return [] }
    return String(cString: line).split { $0 == " " || $0 == "\n" }
}

/// The processor time of each thread, in seconds, as JSON.
private func threadTimes() -> String {
    guard let folder = opendir("/proc/self/task") else { return "{}" }
    defer { closedir(folder) }
    var times: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard let comm = words("/proc/self/task/\(name)/comm").first,
            let run = words("/proc/self/task/\(name)/schedstat").first.flatMap({ Double($0) })
        else { continue }
        times.append("\"\(comm)\": \(run / 1e9)")
    }
    return "{\(times.sorted().joined(separator: ", "))}"
}

@main
enum Pipeline {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 3 else {
            print("usage: pipeline journal|ring SOCKET PROGRAM ARGUMENT...")
            exit(2)
        }
        let reader = try OutputReader()
        reader.start()
        let writer = JournalWriter(path: arguments[2])
        let (readEnd, writeEnd) = try Pipe().take()

        var program = SpawnRequest(program: arguments[3], arguments: Array(arguments[4...]))
        program.descriptors = [
            SpawnRequest.Placement(source: writeEnd, target: 1),
            SpawnRequest.Placement(source: STDERR_FILENO, target: 2),
        ]
        let before = processorTime()
        let child = try Spawner().spawn(program)
        close(writeEnd)

        let stream = OutputStream(label: "stdout")
        if arguments[1] == "journal" {
            stream.addObserver(
                JournalOutput(
                    writer: writer,
                    session: "bench",
                    job: "pipeline",
                    pid: 1,
                    osPid: child.osPid,
                    instance: 1,
                    label: "stdout"
                )
            )
        }
        let end = End()
        stream.addObserver(end)
        try reader.add(descriptor: readEnd, stream: stream)
        end.wakeup.wait()
        let atEnd = writer.counts
        let threads = threadTimes()
        let isWhole = writer.finish(within: .seconds(60))
        let after = processorTime()
        let counts = writer.counts
        print(
            """
            {"sent": \(counts.sent), "dropped": \(counts.dropped), "user": \(after.user - before.user), \
            "system": \(after.system - before.system), "switches": \(after.switches - before.switches), \
            "bytes": \(stream.totalBytes), "waited": \(atEnd.waiting), "whole": \(isWhole), "threads": \(threads)}
            """
        )
        await reader.stop()
    }
}
