//! The processes of a server: started on one core, their CPU time and memory read from /proc, ended.
//!
//! Used by every driver, so that costs are counted alike: all processes, children included.

use crate::error::Failure;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time that a server has to end by itself.
const GRACE: Duration = Duration::from_secs(3);
/// End of its output that is shown when a server does not start.
const SHOWN_BYTES: usize = 2_000;

/// Processes of one server. Dropping this ends them.
pub struct Processes {
    name: &'static str,
    folder: PathBuf,
    started: Mutex<Vec<Child>>,
}

impl Processes {
    /// None yet. `folder` is the server's own, is made, and goes with it.
    ///
    /// # Errors
    /// `System` when the folder cannot be made.
    pub fn new(name: &'static str) -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("loadtest-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(Failure::system("folder of a server"))?;
        Ok(Self { name, folder, started: Mutex::new(Vec::new()) })
    }

    /// A folder that is deleted at the end: settings, logs, data.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts `command` on `core`, its output in a file of the folder.
    ///
    /// # Errors
    /// `Absent` when there is no such program, `NotStarted`.
    pub fn start(&self, mut command: Command, core: usize) -> Result<(), Failure> {
        let log = File::create(self.folder.join("log")).map_err(Failure::system("log of a server"))?;
        let twin = log.try_clone().map_err(Failure::system("log of a server"))?;
        command.stdin(Stdio::null()).stdout(log).stderr(twin);
        // SAFETY: between fork and exec only system calls are made, on values made before.
        unsafe {
            command.pre_exec(move || {
                // Nothing that was started here outlives this program, even when that is killed.
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                pin_to(core)
            });
        }
        // Ctrl-C is for this program, which then reports and ends the server.
        command.process_group(0);
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|failure| match failure.kind() {
            std::io::ErrorKind::NotFound => Failure::Absent { name: self.name, lacking: program },
            _ => Failure::NotStarted { name: self.name, said: failure.to_string() },
        })?;
        self.started.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        Ok(())
    }

    /// Waits until `is_ready`.
    ///
    /// # Errors
    /// `NotStarted`, with the end of the server's output, when a process ends or `patience` is over.
    pub fn wait(&self, patience: Duration, mut is_ready: impl FnMut() -> bool) -> Result<(), Failure> {
        let until = Instant::now() + patience;
        while !is_ready() {
            let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
            let has_ended = started.iter_mut().any(|child| !matches!(child.try_wait(), Ok(None)));
            drop(started);
            if has_ended || Instant::now() > until {
                return Err(Failure::NotStarted { name: self.name, said: self.log() });
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }

    /// The end of what the server has printed.
    #[must_use]
    pub fn log(&self) -> String {
        let text = std::fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&text[text.len().saturating_sub(SHOWN_BYTES)..]).into_owned()
    }

    /// Ids of all that was started, and of their children.
    #[must_use]
    pub fn ids(&self) -> Vec<u32> {
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ids: Vec<u32> = started.iter().map(Child::id).collect();
        drop(started);
        let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let all: Vec<u32> = all.filter_map(|it| it.file_name().to_str()?.parse().ok()).collect();
        let parents: Vec<(u32, u32)> = all.into_iter().filter_map(|id| Some((id, parent_of(id)?))).collect();
        loop {
            let before = ids.len();
            let children = parents.iter().filter(|(id, of)| ids.contains(of) && !ids.contains(id));
            let children: Vec<u32> = children.map(|(id, _)| *id).collect();
            ids.extend(children);
            if ids.len() == before {
                return ids;
            }
        }
    }

    /// CPU time of all of them so far, user and system.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        self.ids().into_iter().filter_map(cpu_of).sum()
    }

    /// Resident memory of all of them.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let of = |id: u32| {
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
            line.trim().trim_end_matches(" kB").parse::<u64>().ok()
        };
        self.ids().into_iter().filter_map(of).sum::<u64>() * 1024
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        let started = self.started.get_mut().unwrap_or_else(PoisonError::into_inner);
        for child in started.iter() {
            // SAFETY: a signal to a child of ours that has not been waited for.
            unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGTERM) };
        }
        let until = Instant::now() + GRACE;
        for child in started.iter_mut() {
            while matches!(child.try_wait(), Ok(None)) && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Who started process `id`; nothing when there is none.
fn parent_of(id: u32) -> Option<u32> {
    parent_in(&std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

fn parent_in(stat: &str) -> Option<u32> {
    // The name in brackets may hold anything; what follows the last bracket is plain.
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// CPU time of process `id` so far by its own clock, which counts nanoseconds: `/proc/ID/stat` counts
/// hundredths of a second, in which a server with few clients has done nothing yet. Nothing when there is no
/// such process.
fn cpu_of(id: u32) -> Option<Duration> {
    let id = libc::pid_t::try_from(id).ok()?;
    let mut clock: libc::clockid_t = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: both pointers are to live values of the types named; ids that lead nowhere are refused.
    let is_read = unsafe {
        libc::clock_getcpuclockid(id, &raw mut clock) == 0 && libc::clock_gettime(clock, &raw mut time) == 0
    };
    let (seconds, nanoseconds) = (time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?);
    is_read.then(|| Duration::new(seconds, nanoseconds))
}

/// Puts the calling thread, and all that it starts, on `core`; the one there is when there is no other.
///
/// # Errors
/// The system's refusal.
pub fn pin_to(core: usize) -> std::io::Result<()> {
    // SAFETY: an all-zero cpu_set_t is the empty set; the index is below its size; the pointer is to
    // a live value of the size given.
    let done = unsafe {
        let cores = libc::sysconf(libc::_SC_NPROCESSORS_ONLN).max(1) as usize;
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core % cores, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set)
    };
    if done == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

/// The first of `count` ports in a row that nobody uses now, for UDP and for TCP.
#[must_use]
pub fn free_ports(count: u16) -> Option<u16> {
    // Below the ports that the system itself gives to clients (32768 and up).
    let (lowest, range) = (20_000_u16, 12_000_u16);
    let start = (std::process::id() * 37 % u32::from(range)) as u16;
    let is_free = |port: u16| {
        UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
            && TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
    };
    (0..range / count.max(1))
        .map(|step| lowest + (start + step * count) % (range - count))
        .find(|first| (*first..*first + count).all(is_free))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_brackets_in_its_name_is_read() {
        assert_eq!(parent_in("7 (a) b) S 3 7 7 0 -1 4194560 0 0 0 0 250 50 0 0 20 0 1 0 1 1 1"), Some(3));
    }

    #[test]
    fn the_least_work_of_a_process_counts() {
        let id = std::process::id();
        let before = cpu_of(id).expect("this process");
        let mut steps = 0_u64;
        while cpu_of(id).expect("this process") == before {
            steps += 1;
        }
        let counted = cpu_of(id).expect("this process") - before;
        assert!(counted < Duration::from_millis(5), "{counted:?} after {steps} steps");
        assert_eq!(cpu_of(u32::MAX), None);
    }
}
