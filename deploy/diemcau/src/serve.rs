//! `diemcau serve`: signalling and media in one process, from start to a graceful end.
//!
//! Called by `main` with a configuration that has been checked. Holds the two together: orders go
//! to the media server directly, its events come back through one bounded channel. Knows nothing
//! of what they say to each other.

use crate::config::{Config, Database as DatabaseSetting, LogFormat, Mail};
use crate::data_folder::DataFolder;
use crate::demo::{self, DemoAccount};
use crate::failure::Failure;
use crate::keeper;
use crate::media::{Media, MixerSettings, RecorderSettings};
use crate::mixer;
use crate::node;
use crate::private_file;
use crate::recorder::{self, Ways};
use crate::tls::Certificates;
use media_server::{MediaConfig, WorkerSettings};
use signalling_server::auth::{AccountPolicy, ServerKey};
use signalling_server::rate::Rate;
use signalling_server::store::Database;
use signalling_server::{
    Clock, Limits, MailSettings, MediaEvent, Private, Server, SignallingConfig, Timestamp, metrics_handle,
};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tracing::info;

/// Longest that the mail server may take for one answer.
const MAIL_PATIENCE: Duration = Duration::from_secs(30);
/// Events of the media server that may wait for signalling. 277 legs that all connect at once and
/// start two sources each make about 1,400; one that finds the channel full is counted by media.
const MEDIA_EVENTS: usize = 8_192;

/// Opens the database that is set.
///
/// # Errors
/// When it cannot be opened, migrated, or is newer than this program.
pub async fn open_store(config: &Config) -> Result<Database, Failure> {
    Ok(match &config.database {
        DatabaseSetting::Sqlite(file) => Database::open_file(file).await?,
        DatabaseSetting::Postgres(url) => Database::open_server(url).await?,
    })
}

/// Runs the server until it is told to stop.
///
/// # Errors
/// Whatever keeps it from starting or going on.
pub async fn run(config: &Config, folder: &DataFolder, demo: bool) -> Result<(), Failure> {
    let stop = stop_signal()?;
    let store = open_store(config).await?;
    let own_addresses = MediaConfig::default().advertised_addresses().unwrap_or_default();
    let accounts = if demo {
        let now = Timestamp(Clock::Wall.now_ms());
        Some(demo::seed(&store, folder, config.limits.participants, now).await?)
    } else {
        None
    };
    let certificates = Certificates::open(config, folder.path(), &own_addresses)?;
    let mut signalling = signalling_config(config, folder, &certificates, demo);
    signalling.mail = config.mail.as_ref().map(mail_settings).transpose()?;
    let server = Server::bind(signalling, store.clone()).await?;

    // The media server registers its counters when it starts.
    metrics_handle();
    let hangup = signal(SignalKind::hangup()).map_err(Failure::Signals)?;
    let keeper = tokio::spawn(certificates.keep(hangup));
    let (events, received) = mpsc::channel::<MediaEvent>(MEDIA_EVENTS);
    let sink = Arc::new(move |event| events.try_send(event).is_ok());
    let (settings, over_https) = (media_config(config)?, config.media.over_https.as_ref());
    let mixer = mixer_settings(config);
    let recorder = recorder_settings(config, folder);
    let workers = worker_settings(config, folder, mixer.is_some())?;
    let media = Arc::new(Media::start(settings, &workers, over_https, mixer, recorder, sink)?);

    announce(config, &own_addresses, accounts.as_deref());
    if !config.limits.are_places_chosen && !demo {
        let places = config.limits.places;
        info!(places, "limits.places is not chosen; `diemcau bench` measures what this machine carries");
    }
    let served = server.run(media.clone(), received, stop).await;
    keeper.abort();
    media.shutdown();
    store.close().await;
    info!("stopped");
    Ok(served?)
}

fn media_config(config: &Config) -> Result<MediaConfig, Failure> {
    let relay = config.relay.as_ref().map(|relay| node::relay_config(config, relay)).transpose()?;
    let media = &config.media;
    let advertised = [&media.advertise_lan, &media.advertise_wan, &media.advertise_public];
    Ok(MediaConfig {
        media_port: media.port,
        shards: media.shards,
        advertised: advertised.into_iter().flatten().copied().collect(),
        https_port: media.over_https.as_ref().map(|over| over.port),
        relay,
        ..MediaConfig::default()
    })
}

/// Media processes are this very program, even when its file was replaced meanwhile: what they say to each
/// other has no version.
fn worker_settings(
    config: &Config,
    folder: &DataFolder,
    takes_clients: bool,
) -> Result<WorkerSettings, Failure> {
    let sockets = folder.path().join("media");
    private_file::make_folder(&sockets).map_err(Failure::MediaFolder)?;
    let arguments = [vec!["media-worker".to_owned()], log_arguments(config)].concat();
    Ok(WorkerSettings {
        count: config.media.processes,
        program: "/proc/self/exe".into(),
        arguments,
        folder: sockets,
        takes_clients,
    })
}

fn log_arguments(config: &Config) -> Vec<String> {
    let mut arguments = vec!["--log-filter".to_owned(), config.log.filter.clone()];
    if config.log.format == LogFormat::Json {
        arguments.push("--log-json".to_owned());
    }
    arguments
}

/// The mixer that lies beside this program; without it the server runs on and composes nothing.
fn mixer_settings(config: &Config) -> Option<MixerSettings> {
    let Some(program) = keeper::beside(mixer::PROGRAM) else {
        info!("no diemcau-mixer beside this program, pictures are not composed; `make build` makes it");
        return None;
    };
    let mut arguments = log_arguments(config);
    if let Some(logo) = &config.mixer.logo {
        arguments.extend(["--logo".to_owned(), logo.display().to_string()]);
    }
    Some(MixerSettings { program, arguments, encoder: config.mixer.encoder })
}

/// The recorder that lies beside this program; without it nothing goes out live.
fn recorder_settings(config: &Config, folder: &DataFolder) -> Option<RecorderSettings> {
    let Some(program) = keeper::beside(recorder::PROGRAM) else {
        info!("no diemcau-recorder beside this program, nothing goes out live; `make build` makes it");
        return None;
    };
    let ways = Ways {
        folder: folder.path().join(signalling_server::LIVE_FOLDER),
        rtmp_url: config.live.rtmp_url.clone(),
        srt_url: config.live.srt_url.clone(),
    };
    Some(RecorderSettings { program, arguments: log_arguments(config), ways })
}

fn signalling_config(
    config: &Config,
    folder: &DataFolder,
    certificates: &Certificates,
    demo: bool,
) -> SignallingConfig {
    let listen = SocketAddr::new(listen_address(config.http.bind), config.http.port);
    let key = ServerKey::new(*folder.secret());
    let mut signalling = SignallingConfig::new(listen, certificates.served.clone(), config.data.clone(), key);
    signalling.local_root = certificates.local_root.clone();
    signalling.web_root = Some(config.http.web_client.clone());
    signalling.extra_origins = config.http.names.iter().map(|name| origin(name, config.http.port)).collect();
    signalling.trusted_proxies = config.http.trusted_proxies.clone();
    signalling.public_address.clone_from(&config.http.public_address);
    signalling.webhook_networks.clone_from(&config.webhook_networks);
    signalling.accounts = AccountPolicy {
        inside_networks: config.accounts.inside_networks.clone(),
        // A demo's administrator signs in with the printed password (docs/adr/0006).
        is_enforced: !demo,
    };
    let per_minute = config.limits.ws_connects_per_minute;
    signalling.limits = Limits {
        sockets: config.limits.connections as usize,
        places: config.limits.places as usize,
        guest_kept: Duration::from_secs(u64::from(config.limits.guest_days) * 24 * 3600),
        connects_per_address: Rate { burst: per_minute, per_second: f64::from(per_minute) / 60.0 },
        ..Limits::default()
    };
    signalling
}

fn mail_settings(mail: &Mail) -> Result<MailSettings, Failure> {
    let read = |path: &PathBuf| {
        let failed = |source| Failure::MailFile { path: path.display().to_string(), source };
        std::fs::read(path).map_err(failed)
    };
    let password = mail.password_file.as_ref().map(read).transpose()?;
    let password =
        password.map(|bytes| String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned());
    Ok(MailSettings {
        host: mail.host.clone(),
        port: mail.port,
        encryption: mail.encryption,
        credentials: password.map(|password| (mail.user.clone(), Private(password))),
        authority: mail.authority.as_ref().map(read).transpose()?,
        from: mail.from.clone(),
        reminders: mail.reminders.clone(),
        patience: MAIL_PATIENCE,
    })
}

/// `0.0.0.0` in place of `::` on a machine without IPv6.
fn listen_address(bind: IpAddr) -> IpAddr {
    let without_ipv6 = |_| IpAddr::from(Ipv4Addr::UNSPECIFIED);
    match bind {
        IpAddr::V6(any) if any.is_unspecified() => {
            UdpSocket::bind((any, 0)).map_or_else(without_ipv6, |_| bind)
        }
        _ => bind,
    }
}

/// `https://NAME:PORT`, without the port when it is that of HTTPS.
#[must_use]
pub fn origin(name: &str, port: u16) -> String {
    let host = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
    if port == 443 { format!("https://{host}") } else { format!("https://{host}:{port}") }
}

/// The address that people are told: the first name that is set, else `localhost`.
#[must_use]
pub fn base_url(config: &Config) -> String {
    let name = config.http.names.first().map_or("localhost", String::as_str);
    origin(name, config.http.port)
}

/// Tells on standard output where the server is and, for a demo, how to get in.
fn announce(config: &Config, own_addresses: &[IpAddr], accounts: Option<&[DemoAccount]>) {
    // Whoever has closed our output does not stop a meeting by it.
    let _ = io::stdout().write_all(announcement(config, own_addresses, accounts).as_bytes());
}

fn announcement(config: &Config, own_addresses: &[IpAddr], accounts: Option<&[DemoAccount]>) -> String {
    let base = base_url(config);
    let mut lines = vec![
        String::new(),
        format!("Điểm Cầu {}", env!("CARGO_PKG_VERSION")),
        format!("  Địa chỉ · Address     {base}"),
    ];
    let told = own_addresses.iter().filter(|address| is_told(**address));
    lines.extend(told.map(|address| {
        format!("                        {}", origin(&address.to_string(), config.http.port))
    }));
    if let Some(accounts) = accounts {
        lines.push(format!("  Cuộc họp · Meeting    {base}/c/{}", demo::CONFERENCE));
        lines.push("\n  Tài khoản mẫu · Demo accounts".to_owned());
        lines.extend(accounts.iter().map(|DemoAccount { user, password, name, role }| {
            let role = serde_json::to_value(role).expect("a word");
            format!("    {user:<13} {password}   {:<19} {name}", role.as_str().unwrap_or_default())
        }));
        lines.push(String::new());
    } else {
        let how = "diemcau admin create --user NAME";
        lines.push(format!("  Quản trị viên đầu tiên · First administrator: {how}"));
    }
    if config.http.certificate.is_none() && config.http.acme.is_none() {
        lines.push(format!("  Cài chứng thư gốc để trình duyệt tin · Install the root: {base}/ca"));
    }
    lines.push("  Dừng · Stop: Ctrl+C\n\n".to_owned());
    lines.join("\n")
}

/// Loopback and link-local addresses help nobody on another machine.
fn is_told(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local(),
        IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local(),
    }
}

/// Resolves at SIGTERM or Ctrl-C.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => info!("SIGTERM, stopping"),
            _ = interrupt.recv() => info!("interrupted, stopping"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_written_as_a_browser_does() {
        assert_eq!(origin("hop.example.vn", 443), "https://hop.example.vn");
        assert_eq!(origin("10.0.0.5", 8443), "https://10.0.0.5:8443");
        assert_eq!(origin("2001:db8::5", 8443), "https://[2001:db8::5]:8443");
    }
}
