//! The one typed configuration: file → environment → flags, later ones winning.
//!
//! Loaded by every command of `diemcau`. Reads and judges; never creates a folder, opens a port
//! or starts anything (what depends on the machine is asked in [`surroundings`]).

mod certificate;
mod key;
mod layer;
mod live;
mod mail;
mod mixer;
mod over_https;
mod problem;
mod reader;
mod relay;
pub mod surroundings;

#[cfg(test)]
mod mutated;
#[cfg(test)]
mod tests;

pub use certificate::{AcmeSetting, CertificateFiles};
pub use live::Live;
pub use mail::Mail;
pub use mixer::Mixer;
pub use over_https::OverHttps;
pub use problem::Problem;
pub use relay::Relay;

use ipnet::IpNet;
use layer::Layers;
use reader::Reader;
use signalling_server::auth::INSIDE_NETWORKS;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::path::{Path, PathBuf};

/// Name of the file that is read from the data folder when no other is named.
pub const FILE_NAME: &str = "diemcau.toml";
/// Variable that names the file.
pub const FILE_VARIABLE: &str = "DIEMCAU_CONFIG";

/// Most media shards, as the media server has it.
pub const MAX_SHARDS: u16 = 64;
/// Most media processes beside our own.
pub const MAX_PROCESSES: u16 = 15;
/// Most participants of one conference.
pub const MAX_PARTICIPANTS: u32 = 10_000;
/// Places for each shard: what it takes in less those of the connection test and of calls that are
/// being restored.
pub const PLACES_PER_SHARD: u32 = 480;
/// Most open connections of one server.
pub const MAX_CONNECTIONS: u32 = 100_000;
/// Fewest days for which guests are kept: the longest life of a token.
pub const MIN_GUEST_DAYS: u32 = 30;
/// Most days for which guests are kept.
pub const MAX_GUEST_DAYS: u32 = 3_650;
/// Most new WebSocket connections a minute from one address.
pub const MAX_WS_CONNECTS_PER_MINUTE: u32 = 60_000;

/// All settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Folder of everything that outlives the process.
    pub data: PathBuf,
    pub http: Http,
    pub media: Media,
    pub mixer: Mixer,
    /// Where live streams go beside our own page.
    pub live: Live,
    /// How this node speaks with others; `None` when it does not.
    pub relay: Option<Relay>,
    /// Reserved for hardware rooms; nothing listens there yet.
    pub sip_port: u16,
    pub database: Database,
    pub limits: Limits,
    pub accounts: Accounts,
    /// How invitations leave; `None`: they are kept.
    pub mail: Option<Mail>,
    /// Networks that are not public and to which web-hooks may go all the same.
    pub webhook_networks: Vec<IpNet>,
    pub log: Log,
}

/// Web pages, API and WebSocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// Address to listen on; `::` takes IPv4 as well.
    pub bind: IpAddr,
    pub port: u16,
    /// Host names and addresses under which browsers reach the server, beside those of the
    /// machine itself: they are accepted as `Origin` and stand in our certificate.
    pub names: Vec<String>,
    /// Where people reach the server, `https://…`; stands in mails.
    pub public_address: String,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// `None`: the certificate comes from `acme` or from the local authority in the data folder.
    pub certificate: Option<CertificateFiles>,
    pub acme: Option<AcmeSetting>,
    /// Folder with the built web client.
    pub web_client: PathBuf,
}

/// Media shards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Port of shard 0, UDP and TCP; shard k listens on `port + k`.
    pub port: u16,
    /// Shards of each process, at least 1; the setting 0 shares the cores out.
    pub shards: u16,
    /// Media processes beside our own.
    pub processes: u16,
    /// Addresses that browsers are told to send to; none in all three: those of the machine.
    pub advertise_lan: Vec<IpAddr>,
    pub advertise_wan: Vec<IpAddr>,
    pub advertise_public: Vec<IpAddr>,
    /// Whether and how media also comes through the HTTPS port.
    pub over_https: Option<OverHttps>,
}

/// Where the rows are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file; the folder above it must be there or be the data folder.
    Sqlite(PathBuf),
    /// A `postgres://` URL; may hold a password, hence no `Debug`.
    Postgres(String),
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
            Self::Postgres(_) => f.write_str("Postgres(***)"),
        }
    }
}

/// What the server refuses above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Participants of one conference.
    pub participants: u32,
    /// People, rooms, encoders and players inside all conferences together; the setting 0 is what the
    /// shards carry.
    pub places: u32,
    /// Whether somebody chose the places, by hand or by `diemcau bench`.
    pub are_places_chosen: bool,
    /// Open connections (TCP) of the whole server.
    pub connections: u32,
    /// New WebSocket connections a minute from one address; a whole office may share one.
    pub ws_connects_per_minute: u32,
    /// Days for which guests are kept after they or their conference were last seen.
    pub guest_days: u32,
}

/// Rules of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    /// Who comes from elsewhere needs a second factor.
    pub inside_networks: Vec<IpNet>,
}

/// What is written to standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub format: LogFormat,
    /// Filter as `tracing` reads it, e.g. `info` or `info,signalling_server=debug`.
    pub filter: String,
}

/// One line of text for people or one JSON object for a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// Where the settings come from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// Variables of the environment.
    pub environment: Vec<(String, String)>,
    /// Flags: as written, path of the setting, value.
    pub flags: Vec<(String, &'static str, String)>,
    /// `--set PATH=VALUE`, unchecked.
    pub set: Vec<String>,
}

/// Why there is no configuration.
#[derive(Debug)]
pub struct Rejected {
    /// Every problem of every source; never only the first.
    pub problems: Vec<Problem>,
    /// What is there when the problems are left out, defaults in their place; `None` when a file
    /// could not be read, so that nearly everything would be a default.
    pub rest: Option<Box<Config>>,
    /// Settings whose value is such a default.
    pub refused: BTreeSet<&'static str>,
}

/// Reads all sources.
///
/// # Errors
/// [`Rejected`], with every problem.
pub fn load(sources: &Sources) -> Result<Config, Rejected> {
    let mut problems = Vec::new();
    let mut above = Layers::default();
    add_upper(&mut above, sources, &mut problems);
    let named = sources.file.clone().or_else(|| {
        let found = sources.environment.iter().find(|(name, _)| name == FILE_VARIABLE);
        found.map(|(_, value)| PathBuf::from(value))
    });

    let mut layers = Layers::default();
    let is_complete = match named {
        Some(path) => match std::fs::read_to_string(&path) {
            Ok(text) => layers.add_file(&path, &text, &mut problems),
            Err(error) => {
                let what = format!("cannot be read ({error})");
                let remedy = "name a readable file or leave --config and DIEMCAU_CONFIG out";
                problems.push(Problem::new(path.display(), what, remedy));
                false
            }
        },
        None => {
            let data = Reader::new(&above, &mut Vec::new()).text("data", DEFAULT_DATA);
            add_file_of_data_folder(&mut layers, &PathBuf::from(data).join(FILE_NAME), &mut problems)
        }
    };
    // Laid again, above the file; what is wrong with them was noted the first time.
    add_upper(&mut layers, sources, &mut Vec::new());
    let mut reader = Reader::new(&layers, &mut problems);
    let config = read(&mut reader);
    let refused = reader.refused;
    if problems.is_empty() {
        return Ok(config);
    }
    Err(Rejected { problems, rest: is_complete.then(|| Box::new(config)), refused })
}

/// The settings of `deploy/config/diemcau.example.toml`.
pub const DEFAULT_DATA: &str = "data";
const DEFAULT_WEB_CLIENT: &str = "web-client/dist";
const DEFAULT_HTTP_PORT: u16 = 8443;
const DEFAULT_MEDIA_PORT: u16 = 10_000;
const DEFAULT_SIP_PORT: u16 = 5060;
/// The database library tells at info that a table is already there, the TURN library at warn what any
/// client may do to it with every packet.
const DEFAULT_LOG_FILTER: &str = "info,sqlx=warn,turn_server_proto=error";
const DEFAULT_LIMITS: Limits = Limits {
    participants: 300,
    places: 0,
    are_places_chosen: false,
    connections: 20_000,
    ws_connects_per_minute: 1_200,
    guest_days: MIN_GUEST_DAYS,
};

fn add_upper(layers: &mut Layers, sources: &Sources, problems: &mut Vec<Problem>) {
    layers.add_environment(sources.environment.iter().cloned(), problems);
    for (flag, path, value) in &sources.flags {
        layers.add_flag(flag, path, value, problems);
    }
    for setting in &sources.set {
        match setting.split_once('=') {
            Some((path, value)) => {
                layers.add_flag(&format!("--set {path}"), path.trim(), value.trim(), problems);
            }
            None => problems.push(Problem::new(
                format_args!("flag --set {setting}"),
                "there is no `=` in it",
                "write --set http.port=8443",
            )),
        }
    }
}

/// Reads the file when there is one; false when there is one that cannot be read.
fn add_file_of_data_folder(layers: &mut Layers, path: &Path, problems: &mut Vec<Problem>) -> bool {
    let is_complete = match std::fs::read_to_string(path) {
        Ok(text) => layers.add_file(path, &text, problems),
        Err(error) => {
            // `data` may name a file, or a folder of somebody else: told once, of the folder.
            let folder_says = path.parent().map(std::fs::read_dir);
            let is_no_folder = matches!(folder_says, Some(Err(_)));
            if error.kind() != std::io::ErrorKind::NotFound && !is_no_folder {
                let what = format!("cannot be read ({error})");
                problems.push(Problem::new(
                    path.display(),
                    what,
                    "make it readable for the user of the server",
                ));
                return false;
            }
            true
        }
    };
    if layers.value("data").is_some() {
        let what = "`data` cannot move the folder in which its own file lies";
        problems.push(Problem::new(path.display(), what, "set it by --data or DIEMCAU_DATA"));
    }
    is_complete
}

fn read(reader: &mut Reader<'_>) -> Config {
    let data = PathBuf::from(non_empty(reader, "data", DEFAULT_DATA));
    let names = names(reader);
    let certificate = certificate::files(reader);
    let acme = certificate::acme(reader, &names, certificate.is_some());
    let bind = reader.address("http.bind", IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let port = reader.number("http.port", 1..=u16::MAX, DEFAULT_HTTP_PORT);
    let http = Http {
        acme,
        bind,
        port,
        public_address: mail::public_address(reader, &names, port),
        names,
        trusted_proxies: reader.addresses("http.trusted_proxies"),
        certificate,
        web_client: PathBuf::from(non_empty(reader, "http.web_client", DEFAULT_WEB_CLIENT)),
    };
    let media = media(reader, http.port);
    let (places, are_places_chosen) = places(reader, &media);
    let limits = Limits {
        participants: reader.number("limits.participants", 2..=MAX_PARTICIPANTS, DEFAULT_LIMITS.participants),
        places,
        are_places_chosen,
        connections: reader.number("limits.connections", 1..=MAX_CONNECTIONS, DEFAULT_LIMITS.connections),
        ws_connects_per_minute: reader.number(
            "limits.ws_connects_per_minute",
            1..=MAX_WS_CONNECTS_PER_MINUTE,
            DEFAULT_LIMITS.ws_connects_per_minute,
        ),
        guest_days: reader.number(
            "limits.guest_days",
            MIN_GUEST_DAYS..=MAX_GUEST_DAYS,
            DEFAULT_LIMITS.guest_days,
        ),
    };
    let config = Config {
        database: database(reader, &data),
        data,
        http,
        relay: relay::relay(reader, media.processes),
        media,
        mixer: mixer::mixer(reader),
        live: live::live(reader),
        sip_port: reader.number("sip.port", 1..=u16::MAX, DEFAULT_SIP_PORT),
        limits,
        mail: mail::mail(reader),
        webhook_networks: reader.networks("webhooks.networks", &[]),
        accounts: Accounts { inside_networks: reader.networks("accounts.inside_networks", &INSIDE_NETWORKS) },
        log: log(reader),
    };
    if config.media_ports().contains(&config.http.port) {
        reader.refuse(
            "http.port",
            format!("{} is also a media port (TCP)", config.http.port),
            "keep http.port outside media.port … media.port + media.shards - 1",
        );
    }
    config
}

fn non_empty(reader: &mut Reader<'_>, path: &'static str, default: &str) -> String {
    let text = reader.text(path, default);
    if text.is_empty() {
        reader.refuse(path, "is empty", format!("the default is \"{default}\""));
    }
    text
}

fn names(reader: &mut Reader<'_>) -> Vec<String> {
    let names = reader.list("http.names");
    let is_name = |name: &String| {
        let host = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        name.parse::<IpAddr>().is_ok() || (!name.is_empty() && name.len() <= 253 && name.chars().all(host))
    };
    for name in names.iter().filter(|name| !is_name(name)) {
        let what = format!("\"{}\" is no host name", name.escape_debug());
        let remedy = "write it like \"hop.example.gov.vn\", without https:// and port";
        reader.refuse("http.names", what, remedy);
    }
    names
}

fn media(reader: &mut Reader<'_>, http_port: u16) -> Media {
    let port = reader.number("media.port", 1..=u16::MAX, DEFAULT_MEDIA_PORT);
    let processes = reader.number("media.processes", 0..=MAX_PROCESSES, 0);
    let shards = match reader.number("media.shards", 0..=MAX_SHARDS, 0) {
        0 => std::thread::available_parallelism()
            .map_or(1, |cores| u16::try_from(cores.get()).unwrap_or(MAX_SHARDS).min(MAX_SHARDS))
            .div_euclid(processes + 1)
            .max(1),
        shards => shards,
    };
    let all = shards * (processes + 1);
    if all > MAX_SHARDS {
        reader.refuse(
            "media.processes",
            format!("{} processes with {shards} shards each are {all} shards", processes + 1),
            format!("choose at most {MAX_SHARDS} in all"),
        );
    }
    let last = u32::from(port) + u32::from(all) - 1;
    if last > u32::from(u16::MAX) {
        reader.refuse(
            "media.port",
            format!("with {all} shards the last port would be {last}"),
            format!("choose at most {}", u32::from(u16::MAX) + 1 - u32::from(all)),
        );
    }
    Media {
        port,
        shards,
        processes,
        advertise_lan: reader.addresses("media.advertise_lan"),
        advertise_wan: reader.addresses("media.advertise_wan"),
        advertise_public: reader.addresses("media.advertise_public"),
        over_https: over_https::over_https(reader, http_port),
    }
}

/// The places of the server and whether somebody chose them; no more than its shards carry, or people
/// would be let in and then left without sound and picture.
fn places(reader: &mut Reader<'_>, media: &Media) -> (u32, bool) {
    let shards = u32::from(media.shards) * u32::from(media.processes + 1);
    let most = shards * PLACES_PER_SHARD;
    let places = reader.number("limits.places", 0..=MAX_CONNECTIONS, DEFAULT_LIMITS.places);
    if places > most {
        let what = format!("{places} places are more than {shards} media shards carry, {most}");
        let remedy = "choose fewer or raise media.shards, or media.processes; 0 is what they carry";
        reader.refuse("limits.places", what, remedy);
    }
    let is_chosen = (1..=most).contains(&places);
    (if is_chosen { places } else { most }, is_chosen)
}

fn database(reader: &mut Reader<'_>, data: &Path) -> Database {
    let url = reader.text("database.url", "");
    if url.is_empty() {
        return Database::Sqlite(data.join("diemcau.db"));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Database::Postgres(url);
    }
    match url.strip_prefix("sqlite:") {
        Some(path) if !path.trim_start_matches('/').is_empty() => {
            Database::Sqlite(path.strip_prefix("//").unwrap_or(path).into())
        }
        _ => {
            reader.refuse(
                "database.url",
                "is neither a PostgreSQL nor an SQLite address",
                "write postgres://user:password@host/database or sqlite:/path/file.db, or leave it empty",
            );
            Database::Sqlite(data.join("diemcau.db"))
        }
    }
}

fn log(reader: &mut Reader<'_>) -> Log {
    let words = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let format = reader.word("log.format", &words, LogFormat::Text);
    let filter = reader.text("log.filter", DEFAULT_LOG_FILTER);
    if let Err(error) = tracing_subscriber::EnvFilter::builder().parse(&filter) {
        let what = format!("\"{}\" is no log filter ({error})", filter.escape_debug());
        let remedy = "write a level (error, warn, info, debug) or target=level, separated by commas";
        reader.refuse("log.filter", what, remedy);
    }
    Log { format, filter }
}

impl Http {
    /// The names for which an ACME authority is asked; addresses are not among them.
    #[must_use]
    pub fn acme_names(&self) -> Vec<String> {
        certificate::host_names(&self.names)
    }
}

impl Config {
    /// The ports of all shards of all processes; empty when they would not fit.
    #[must_use]
    pub fn media_ports(&self) -> std::ops::Range<u16> {
        let shards = self.media.shards * (self.media.processes + 1);
        self.media.port..self.media.port.saturating_add(shards)
    }
}
