//! A network of this process's own, in which a bench disturbs nobody and Janus and Galène find an
//! interface that is not the loopback one, which both leave out.
//!
//! Entered by the program before its first thread starts; needs no root where the system lets users
//! make namespaces. All servers of a run are in it, so that all have the same way to the clients. What
//! arrives is processed on the clients' core, as it is on other machines: else the kernel does the
//! receivers' half of the work within the server's system calls.

use crate::error::Failure;
use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::OnceLock;

/// The address that servers give to clients here.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 1);

/// Core of the clients.
const CLIENT_CORE: u32 = 1;

static ENTERED: OnceLock<()> = OnceLock::new();

/// The address at which servers are reached: [`ADDRESS`] inside, the loopback address elsewhere.
#[must_use]
pub fn address() -> Ipv4Addr {
    if is_entered() { ADDRESS } else { Ipv4Addr::LOCALHOST }
}

#[must_use]
pub fn is_entered() -> bool {
    ENTERED.get().is_some()
}

/// Moves this process and all that it starts later into a new network.
///
/// # Errors
/// `System` when the system does not let it or a thread runs already; `Absent` without `ip`.
pub fn enter() -> Result<(), Failure> {
    if is_entered() {
        return Ok(());
    }
    // SAFETY: asks for the ids of this process.
    let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
    let new_user = if user == 0 { 0 } else { libc::CLONE_NEWUSER };
    // SAFETY: changes only what this process sees; the flags are valid.
    if unsafe { libc::unshare(new_user | libc::CLONE_NEWNET) } != 0 {
        return Err(Failure::System { what: "network of its own", source: io::Error::last_os_error() });
    }
    if new_user != 0 {
        // Root in the namespace is this user outside (user_namespaces(7)).
        let maps = [
            ("setgroups", "deny".to_owned()),
            ("uid_map", format!("0 {user} 1")),
            ("gid_map", format!("0 {group} 1")),
        ];
        for (file, text) in maps {
            fs::write(format!("/proc/self/{file}"), text).map_err(Failure::system("user of a namespace"))?;
        }
    }
    let address = format!("{ADDRESS}/24");
    for words in [
        &["link", "set", "lo", "up"][..],
        &["link", "add", "bench0", "type", "veth", "peer", "name", "bench1"],
        &["address", "add", address.as_str(), "dev", "bench0"],
        &["link", "set", "bench0", "up"],
        &["link", "set", "bench1", "up"],
    ] {
        ip(words)?;
    }
    let _ = ENTERED.set(());
    if let Err(failure) = steer() {
        eprintln!("loadtest: {failure}; servers are charged for what arrives at the clients, all alike");
    }
    Ok(())
}

/// Lets the kernel process what arrives on the clients' core (receive packet steering, Linux's
/// networking/scaling.rst).
fn steer() -> Result<(), Failure> {
    // The files of a network are seen by a mount of its own, which ends with the command.
    let mask = 1_u64 << CLIENT_CORE;
    let script =
        format!("mount -t sysfs sysfs /sys && echo {mask:x} > /sys/class/net/lo/queues/rx-0/rps_cpus");
    done("unshare", &["--mount", "sh", "-c", &script])
}

fn ip(words: &[&str]) -> Result<(), Failure> {
    done("ip", words)
}

fn done(program: &'static str, words: &[&str]) -> Result<(), Failure> {
    let output = Command::new(program).args(words).output().map_err(|failure| match failure.kind() {
        io::ErrorKind::NotFound => {
            Failure::Absent { name: program, lacking: "Debian's packages iproute2 and util-linux".to_owned() }
        }
        _ => Failure::System { what: program, source: failure },
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::System { what: "interface of a namespace", source: io::Error::other(said) })
}
