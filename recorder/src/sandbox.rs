//! Keeps the process to its own files, and from programs, before it reads anything of a stranger.
//!
//! Called by `process` when everything it needs is open. GStreamer starts threads and opens files and sockets as it
//! likes, so this is a list of what is never needed, where the mixer has one of what is (docs/adr/0033).

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, PathBeneath, PathFd, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, RulesetStatus,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Descriptors: pipelines have a handful each.
const FILES: u64 = 1_024;
/// What libraries read after their start: names of hosts, certificates, random numbers.
const READ: [&str; 4] = ["/etc", "/usr", "/run/systemd/resolve", "/dev/urandom"];

/// Why the process cannot be locked in.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("landlock cannot be set up: {0}")]
    Landlock(#[from] landlock::RulesetError),
    #[error("folder for landlock cannot be opened: {0}")]
    Folder(#[from] landlock::PathFdError),
    #[error("seccomp filter cannot be made: {0}")]
    Filter(#[from] seccompiler::BackendError),
    #[error("seccomp filter is refused: {0}")]
    Seccomp(#[from] seccompiler::Error),
    #[error("limit is refused: {0}")]
    Limit(io::Error),
}

/// Which new connections the settings ask for.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    pub tcp: bool,
    pub any: bool,
}

/// Never needed, answered with "not permitted".
const REFUSED: [libc::c_long; 24] = [
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_open_by_handle_at,
];

/// Holds the process, which must have one thread still, to writing in `folder`; whether the kernel has Landlock.
///
/// # Errors
/// [`Failure`].
pub fn lock(folder: &Path, network: Network, memory_bytes: u64) -> Result<bool, Failure> {
    let is_held = close_files(folder, network)?;
    for (resource, most) in
        [(libc::RLIMIT_DATA, memory_bytes), (libc::RLIMIT_NOFILE, FILES), (libc::RLIMIT_CORE, 0)]
    {
        let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
        // SAFETY: a live value of the kind that it wants.
        if unsafe { libc::setrlimit(resource, &raw const limit) } != 0 {
            return Err(Failure::Limit(io::Error::last_os_error()));
        }
    }
    seccompiler::apply_filter_all_threads(&filter(network)?)?;
    Ok(is_held)
}

fn close_files(folder: &Path, network: Network) -> Result<bool, Failure> {
    let abi = ABI::V4;
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::BindTcp)?;
    let rules = if network.tcp { rules } else { rules.handle_access(AccessNet::ConnectTcp)? };
    let mut rules =
        rules.create()?.add_rule(PathBeneath::new(PathFd::new(folder)?, AccessFs::from_all(abi)))?;
    for path in READ {
        // A system without one of them does not need it.
        if let Ok(open) = PathFd::new(path) {
            let read =
                if Path::new(path).is_dir() { AccessFs::from_read(abi) } else { AccessFs::ReadFile.into() };
            rules = rules.add_rule(PathBeneath::new(open, read))?;
        }
    }
    let is_held = rules.restrict_self()?.ruleset != RulesetStatus::NotEnforced;
    if !is_held {
        tracing::warn!("the kernel has no Landlock, the recorder may read and write what its user may");
    }
    Ok(is_held)
}

fn filter(network: Network) -> Result<BpfProgram, Failure> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    if !network.any {
        let of = |family: i32| {
            SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, family as u64)
                .and_then(|is_it| SeccompRule::new(vec![is_it]))
        };
        rules.insert(libc::SYS_socket, vec![of(libc::AF_INET)?, of(libc::AF_INET6)?]);
    }
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    let filter =
        SeccompFilter::new(rules, SeccompAction::Allow, refused, std::env::consts::ARCH.try_into()?)?;
    Ok(filter.try_into()?)
}
