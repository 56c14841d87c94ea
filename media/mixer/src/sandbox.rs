//! Locks the process in before it reads anything of a stranger: no files, no new sockets, no programs, no more
//! memory than it was given.
//!
//! Called by `process` when everything it needs is open. Three locks that do not lean on each other: Landlock
//! (files and TCP), seccomp (system calls), limits of the system (memory, descriptors). A kernel without
//! Landlock is told and lived with, since seccomp alone refuses the same.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetStatus,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::io;

/// Descriptors: standard ones, the supervisor's, for pictures and for voices relays of sixteen media processes.
const FILES: u64 = 64;

/// Why the process cannot be locked in.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("landlock cannot be set up: {0}")]
    Landlock(#[from] landlock::RulesetError),
    #[error("seccomp filter cannot be made: {0}")]
    Filter(#[from] seccompiler::BackendError),
    #[error("seccomp filter is refused: {0}")]
    Seccomp(#[from] seccompiler::Error),
    #[error("limit is refused: {0}")]
    Limit(io::Error),
}

/// What the work needs: memory, waiting, the sockets and threads that are there already, and the end. All other
/// calls are answered with "not permitted".
const CALLS: [libc::c_long; 45] = [
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_recvfrom,
    libc::SYS_sendto,
    libc::SYS_recvmsg,
    libc::SYS_sendmsg,
    libc::SYS_shutdown,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_lseek,
    libc::SYS_ppoll,
    libc::SYS_futex,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_membarrier,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_tgkill,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_set_robust_list,
    libc::SYS_getsockopt,
    libc::SYS_fcntl,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Takes the file system and TCP away from this thread and those that it starts; whether the kernel can.
///
/// # Errors
/// [`Failure::Landlock`]: the kernel has it and refuses.
pub fn close_files() -> Result<bool, Failure> {
    let abi = ABI::V4;
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?;
    let status = rules.create()?.restrict_self()?;
    let is_held = status.ruleset != RulesetStatus::NotEnforced;
    if !is_held {
        tracing::warn!("the kernel has no Landlock, seccomp alone keeps the mixer from files");
    }
    Ok(is_held)
}

/// Holds every thread of the process to `memory_bytes` and to the calls that it needs.
///
/// # Errors
/// [`Failure`].
pub fn lock(memory_bytes: u64) -> Result<(), Failure> {
    for (resource, most) in
        [(libc::RLIMIT_DATA, memory_bytes), (libc::RLIMIT_NOFILE, FILES), (libc::RLIMIT_CORE, 0)]
    {
        let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
        // SAFETY: a live value of the kind that it wants.
        if unsafe { libc::setrlimit(resource, &raw const limit) } != 0 {
            return Err(Failure::Limit(io::Error::last_os_error()));
        }
    }
    seccompiler::apply_filter_all_threads(&filter()?)?;
    Ok(())
}

fn filter() -> Result<BpfProgram, Failure> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = CALLS.iter().map(|call| (*call, Vec::new())).collect();
    // poll is a call of its own only on older architectures.
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_poll, Vec::new());
    // Memory, but none that could be run.
    let is_plain =
        SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64), 0)?;
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![SeccompRule::new(vec![is_plain.clone()])?]);
    }
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    let filter =
        SeccompFilter::new(rules, refused, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?;
    Ok(filter.try_into()?)
}

/// Locks this process in as the mixer is, tries what it must not be able to do, and tells what came of it.
///
/// # Errors
/// [`Failure`]: it cannot be locked in.
pub fn check() -> Result<serde_json::Value, Failure> {
    const MEMORY: u64 = 256 << 20;
    let folder = std::env::temp_dir();
    let has_landlock = close_files()?;
    let by_landlock = refusal(std::fs::write(folder.join("diemcau-mixer-check"), b"x"));
    lock(MEMORY)?;
    let mut too_much: Vec<u8> = Vec::new();
    let is_refused = too_much.try_reserve_exact(2 * MEMORY as usize).is_err();
    Ok(json!({
        "has_landlock": has_landlock,
        "write_before_seccomp": by_landlock,
        "write": refusal(std::fs::write(folder.join("diemcau-mixer-check"), b"x")),
        "read": refusal(std::fs::read("/etc/passwd").map(drop)),
        "socket": refusal(std::net::UdpSocket::bind("127.0.0.1:0").map(drop)),
        "unix_socket": refusal(std::os::unix::net::UnixDatagram::unbound().map(drop)),
        "program": refusal(std::process::Command::new("/bin/true").status().map(drop)),
        "thread": refusal(std::thread::Builder::new().spawn(|| ()).map(drop)),
        "memory": if is_refused { "refused" } else { "allowed" },
        "usual_memory": if Vec::<u8>::new().try_reserve_exact(MEMORY as usize / 4).is_ok() { "allowed" } else { "refused" },
    }))
}

fn refusal(outcome: io::Result<()>) -> &'static str {
    if outcome.is_ok() { "allowed" } else { "refused" }
}
