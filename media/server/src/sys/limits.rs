//! Limits that the system holds a child process to. Set by `workers` when it starts one.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// What a worker may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerLimits {
    /// Memory of its own (`RLIMIT_DATA`); it ends when it needs more.
    pub memory_bytes: u64,
    /// Open files and sockets.
    pub files: u64,
}

/// Makes `command` start its program under `limits`, without core dumps (they would hold media and
/// keys), and in a process group of its own, so that Ctrl+C reaches the supervisor alone.
pub(crate) fn hold(command: &mut Command, limits: WorkerLimits) {
    let all = [
        (libc::RLIMIT_DATA, limits.memory_bytes),
        (libc::RLIMIT_NOFILE, limits.files),
        (libc::RLIMIT_CORE, 0),
    ];
    command.process_group(0);
    // SAFETY: between fork and exec only setrlimit is called, which is async-signal-safe, on values
    // that the closure owns.
    unsafe {
        command.pre_exec(move || {
            for (resource, most) in all {
                let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
                if libc::setrlimit(resource, &raw const limit) != 0 {
                    // More than we may have ourselves is no reason not to start.
                    let error = io::Error::last_os_error();
                    if error.kind() != io::ErrorKind::PermissionDenied {
                        return Err(error);
                    }
                }
            }
            Ok(())
        });
    }
}
