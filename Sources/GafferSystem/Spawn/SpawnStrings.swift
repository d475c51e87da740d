/// The strings of a request as execve takes them, in two allocations: the bytes, and the pointers to them.
struct SpawnStrings {
    typealias List = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    private var bytes: [UInt8] = []
    /// Where each string starts in `bytes`; nil is the NULL that ends a list.
    private var offsets: [Int?] = []
    private let argumentsIndex: Int
    private let environmentIndex: Int
    private let directoryIndex: Int

    /// Fails where a string holds a NUL, which would cut it short.
    init?(_ request: SpawnRequest) {
        let candidates = request.candidates
        argumentsIndex = candidates.count + 1
        environmentIndex = argumentsIndex + request.arguments.count + 2
        directoryIndex = environmentIndex + request.environment.count + 1
        offsets.reserveCapacity(directoryIndex + 1)
        bytes.reserveCapacity(4096)

        guard candidates.allSatisfy({ append($0) }) else { return nil }
        offsets.append(nil)
        guard append(request.program), request.arguments.allSatisfy({ append($0) }) else { return nil }
        offsets.append(nil)
        guard request.environment.allSatisfy({ append($0) }) else { return nil }
        offsets.append(nil)
        if let directory = request.workingDirectory {
            guard append(directory) else { return nil }
        } else {
            offsets.append(nil)
        }
    }

    private mutating func append(_ string: String) -> Bool {
        let start = bytes.count
        bytes.append(contentsOf: string.utf8)
        guard !bytes[start...].contains(0) else { return false }
        bytes.append(0)
        offsets.append(start)
        return true
    }

    /// Lends the lists of candidates, arguments and environment, and the working directory.
    mutating func withPointers<Result>(
        _ body: (_ candidates: List, _ arguments: List, _ environment: List, _ directory: UnsafePointer<CChar>?) ->
            Result
    ) -> Result {
        bytes.withUnsafeMutableBytes { bytes in
            // `bytes` ends at least three strings, so it has a first byte.
            let chars = bytes.bindMemory(to: CChar.self)
            return withUnsafeTemporaryAllocation(
                of: UnsafeMutablePointer<CChar>?.self,
                capacity: offsets.count
            ) { pointers in
                for (index, offset) in offsets.enumerated() {
                    pointers.initializeElement(at: index, to: offset.flatMap { chars.baseAddress?.advanced(by: $0) })
                }
                let list = pointers.baseAddress.unsafelyUnwrapped
                return body(
                    list,
                    list + argumentsIndex,
                    list + environmentIndex,
                    list[directoryIndex].map { UnsafePointer($0) }
                )
            }
        }
    }
}
