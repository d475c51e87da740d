#if SANITIZE_THREAD
    internal import GafferSystem

    /// See ``SanitizedMutex``.
    typealias Mutex = SanitizedMutex
#endif
