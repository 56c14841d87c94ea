//! `diemcau bench`: how many sites this machine carries, in about a minute, and the setting that says so.
//!
//! Called by `main` before the runtime starts. Runs this very program as a server of its own on one core
//! and real clients on the others; touches neither the data folder nor a server that is running.

mod search;
mod settings;

use crate::cli::SettingFlags;
use crate::config::{Config, FILE_NAME, PLACES_PER_SHARD};
use crate::failure::Failure;
use loadtest::client::{Codec, Profile};
use loadtest::material::Stock;
use loadtest::peer::process::pin_to;
use loadtest::peer::{Launch, namespace};
use loadtest::run::forward::{Outcome, Wanted, measure};
use loadtest::run::progress::{self, Progress};
use search::{Search, Verdict};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Media that is counted in each run.
const LENGTH: Duration = Duration::from_secs(3);
/// Least share of the packets that arrive.
const DELIVERED: f64 = 0.999;
/// Longest delay inside the server, of all but one packet in a hundred.
const DELAY_US: u64 = 20_000;
/// Most of its core that the server may use: the rest is for moments in which everybody comes at once.
const BUSY: f64 = 0.8;
/// Share of the machine in use by others from which on the person is warned.
const OTHERS: f64 = 0.15;
/// Cores of the server and of the clients.
const SERVER_CORE: usize = 0;
const CLIENT_CORE: usize = 1;

/// What the person asked for.
pub struct Asked {
    pub json: Option<PathBuf>,
    pub write: bool,
}

/// Measures, tells, and writes the setting when asked to.
///
/// # Errors
/// When not even a small number could be measured, or a file cannot be written.
pub fn run(config: &Config, flags: &SettingFlags, asked: &Asked) -> Result<ExitCode, Failure> {
    // Servers and clients of the bench meet in a network of their own where the system allows it.
    if let Err(failure) = namespace::enter() {
        tracing::debug!(%failure, "bench stays in the network of this machine");
    }
    progress::listen();
    let _ = pin_to(CLIENT_CORE);
    let shards = u32::from(config.media.shards) * u32::from(config.media.processes + 1);
    println!(
        "Đo xem máy này chở được bao nhiêu điểm cầu, chừng một phút · Measuring how many sites this machine carries, about a minute"
    );
    let stopped = Progress::new("bench");
    let busy = others(Duration::from_secs(1));
    if busy > OTHERS {
        println!(
            "  Máy đang bận việc khác ({0:.0} %): kết quả sẽ thấp hơn thực lực · This machine is busy with other \
             things ({0:.0} %): the result will be lower than what it can do",
            busy * 100.0
        );
    }
    let mut search = Search::up_to(PLACES_PER_SHARD);
    let mut runs = Vec::new();
    while let Some(receivers) = search.next() {
        let mut tried = match one(receivers) {
            // Broken off before anything was measured; what earlier runs showed still counts.
            Err(_) if stopped.is_stopped() => break,
            tried => tried?,
        };
        if tried.verdict == Verdict::Broke && !stopped.is_stopped() {
            // Once may be chance: something else ran on this machine just then.
            tried.tell();
            runs.push(tried.noted());
            tried = match one(receivers) {
                Err(_) if stopped.is_stopped() => break,
                again => again?,
            };
        }
        // A run that somebody broke off says nothing.
        if stopped.is_stopped() {
            break;
        }
        tried.tell();
        runs.push(tried.noted());
        search.take(receivers, tried.verdict);
    }
    let places = search.carried() * shards;
    if let Some(file) = &asked.json {
        let result = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "carried_by_one_core": search.carried(),
            "is_lower_bound": search.is_cut_short(),
            "shards": shards,
            "busy_with_others": busy,
            "places": places,
            "runs": runs,
        });
        std::fs::write(file, format!("{result:#}\n")).map_err(|cause| failed(file, cause))?;
    }
    if places == 0 {
        println!(
            "Máy này không chở nổi một điểm cầu nào cho trọn · This machine does not carry a single site well"
        );
        return Ok(ExitCode::FAILURE);
    }
    println!("{}", concluded(&search, shards));
    propose(config, flags, places, asked.write)
}

/// Share of all cores that is in use before anything of ours runs.
fn others(over: Duration) -> f64 {
    let read = || {
        let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<u64> =
            line.split_ascii_whitespace().skip(1).filter_map(|it| it.parse().ok()).collect();
        // Idle and waiting for disks (proc_stat(5)); guests are counted in user time already.
        let idle: u64 = ticks.iter().skip(3).take(2).sum();
        (ticks.iter().take(8).sum::<u64>(), idle)
    };
    let (all, idle) = read();
    std::thread::sleep(over);
    let (all_after, idle_after) = read();
    let all = all_after.saturating_sub(all).max(1);
    1.0 - (idle_after.saturating_sub(idle) as f64 / all as f64).min(1.0)
}

fn failed(file: &Path, cause: std::io::Error) -> Failure {
    Failure::File { file: file.display().to_string(), cause }
}

/// One run.
struct Tried {
    receivers: u32,
    /// `None` when not all of them were connected in time.
    outcome: Option<Outcome>,
    verdict: Verdict,
}

fn one(receivers: u32) -> Result<Tried, Failure> {
    let diemcau = std::env::current_exe().map_err(Failure::Program)?;
    let places = receivers as usize + 1;
    let launch = Launch { core: SERVER_CORE, places, diemcau, programs: PathBuf::new() };
    let wanted = Wanted {
        receivers: receivers as usize,
        length: LENGTH,
        profile: Profile::Bursts,
        codec: Codec::Vp8,
        // Made up on every machine, so that results compare.
        stock: Arc::new(Stock::made_up()),
        core: CLIENT_CORE,
    };
    match measure("diemcau", &launch, &wanted) {
        Ok(outcome) => Ok(Tried { receivers, verdict: judge(&outcome), outcome: Some(outcome) }),
        Err(loadtest::error::Failure::NotConnected { .. }) => {
            Ok(Tried { receivers, outcome: None, verdict: Verdict::Broke })
        }
        Err(failure) => Err(failure.into()),
    }
}

fn judge(outcome: &Outcome) -> Verdict {
    let is_whole = outcome.delivered_ratio >= DELIVERED && outcome.broken == 0;
    match (is_whole && outcome.delay_p99_us <= DELAY_US, outcome.server_cpu <= BUSY) {
        (true, true) => Verdict::Carried,
        // A loss on the clients' side says nothing of the server.
        (false, true) if outcome.is_saturated() => Verdict::ClientsTooSlow,
        _ => Verdict::Broke,
    }
}

impl Tried {
    fn tell(&self) {
        let receivers = self.receivers;
        let Some(outcome) = &self.outcome else {
            println!("  {receivers:>4} điểm cầu · sites: không vào được hết · not all of them got in");
            return;
        };
        let verdict = match self.verdict {
            Verdict::Carried => "được · carried",
            Verdict::Broke => "quá sức · too much",
            Verdict::ClientsTooSlow => "bên đo không theo kịp · the measuring side cannot follow",
        };
        println!(
            "  {receivers:>4} điểm cầu · sites: nhận · delivered {:.2} %, trễ · delay p99 {:.1} ms, CPU {:.0} %: {verdict}",
            outcome.delivered_ratio * 100.0,
            outcome.delay_p99_us as f64 / 1_000.0,
            outcome.server_cpu * 100.0,
        );
    }

    fn noted(&self) -> Value {
        let figures = self.outcome.as_ref().map(|outcome| {
            json!({
                "delivered_ratio": outcome.delivered_ratio,
                "forward_delay_ms_p99": outcome.delay_p99_us as f64 / 1_000.0,
                "server_cpu": outcome.server_cpu,
                "us_cpu_per_packet": outcome.us_cpu_per_packet,
                "kib_per_receiver": outcome.kib_per_receiver,
            })
        });
        let carried = self.verdict == Verdict::Carried;
        json!({ "receivers": self.receivers, "carried": carried, "figures": figures })
    }
}

fn concluded(search: &Search, shards: u32) -> String {
    let carried = search.carried();
    let least = if search.is_cut_short() { "ít nhất · at least " } else { "" };
    format!(
        "\nMột nhân chở được · One core carries {least}{carried}: mỗi điểm cầu nhận hình 2,5 Mbit/s và tiếng · \
         each site receives a picture of 2.5 Mbit/s and sound\n\
         Máy chủ này có · This server has {shards} luồng xử lý · media shards: {} chỗ · places",
        carried * shards
    )
}

/// Prints the line for the settings file, or puts it there.
fn propose(config: &Config, flags: &SettingFlags, places: u32, write: bool) -> Result<ExitCode, Failure> {
    let file = flags.config.clone().unwrap_or_else(|| config.data.join(FILE_NAME));
    let shown = file.display();
    if !write {
        println!(
            "\nGhi vào {shown} (hoặc chạy lại với --write) · Put into {shown} (or run again with --write):\n"
        );
        println!("[limits]\n{}", settings::line(places));
        return Ok(ExitCode::SUCCESS);
    }
    match settings::write(&file, places) {
        Ok(()) => {
            println!("\nĐã ghi limits.places = {places} vào {shown}; khởi động lại máy chủ để dùng");
            println!("Wrote limits.places = {places} to {shown}; restart the server to use it");
            Ok(ExitCode::SUCCESS)
        }
        Err(settings::NotWritten::Io(cause)) => Err(failed(&file, cause)),
        Err(unusual) => {
            Err(Failure::SettingsFile { file: shown.to_string(), why: unusual.to_string(), places })
        }
    }
}
