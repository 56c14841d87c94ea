//! Asks the machine whether the configuration can work on it: ports, folders, certificate.
//!
//! Called by `serve` before anything starts and by `check-config`. Leaves nothing behind: a port
//! is opened and closed again, a folder is tried with a file that is removed at once.

use super::{CertificateFiles, Config, Database, Problem, Relay};
use crate::node;
use crate::tls::Pair;
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};

/// Everything about this machine that stands in the way of `config`, but for the settings in
/// `refused`, which have been complained about and hold a default.
#[must_use]
pub fn problems(config: &Config, refused: &BTreeSet<&'static str>) -> Vec<Problem> {
    let usable = |settings: &[&str]| !settings.iter().any(|setting| refused.contains(setting));
    let mut problems = Vec::new();
    if usable(&["data"]) {
        data_folder(&config.data, &mut problems);
    }
    if usable(&["data", "database.url"]) {
        database_folder(config, &mut problems);
    }
    if let Some(files) = &config.http.certificate {
        certificate_files(files, &mut problems);
    }
    if let Some(root) = config.http.acme.as_ref().and_then(|acme| acme.root.as_ref()) {
        acme_root(root, &mut problems);
    }
    if usable(&["http.web_client"]) {
        web_client(&config.http.web_client, &mut problems);
    }
    if let Some(file) = &config.mixer.logo {
        logo(file, &mut problems);
    }
    if usable(&["http.bind", "http.port"]) {
        http_port(config, &mut problems);
    }
    if usable(&["media.port", "media.shards"]) {
        media_ports(config, &mut problems);
    }
    if let Some(relay) = &config.relay {
        relay_identity(relay, &mut problems);
        if let Some(listen) = relay.listen.filter(|_| usable(&["relay.listen"])) {
            relay_port(listen, &mut problems);
        }
    }
    problems
}

fn relay_identity(relay: &Relay, problems: &mut Vec<Problem>) {
    let Some(files) = &relay.certificate else { return };
    if let Err(failure) = node::read(files) {
        problems.push(Problem::new(
            "certificate of this node",
            failure.to_string(),
            "correct relay.certificate and relay.private_key, or leave both empty",
        ));
    }
}

fn relay_port(listen: SocketAddr, problems: &mut Vec<Problem>) {
    if let Err(error) = TcpListener::bind(listen) {
        problems.push(port_problem("relay", listen.port(), listen.port(), "TCP", &error));
    }
}

fn data_folder(folder: &Path, problems: &mut Vec<Problem>) {
    if let Err(error) = try_folder(folder) {
        problems.push(Problem::new(
            format_args!("data folder {}", folder.display()),
            format!("cannot be written ({error})"),
            "make it writable for the user of the server or choose another with --data",
        ));
    }
}

fn database_folder(config: &Config, problems: &mut Vec<Problem>) {
    let Database::Sqlite(path) = &config.database else { return };
    let Some(folder) = path.parent().filter(|folder| *folder != config.data) else { return };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if let Err(error) = try_folder(folder) {
        problems.push(Problem::new(
            format_args!("database folder {}", folder.display()),
            format!("cannot be written ({error})"),
            "make it writable for the user of the server or change database.url",
        ));
    }
}

/// Tries to write into `folder` or, while it does not exist, into the folder it would be made in.
fn try_folder(folder: &Path) -> io::Result<()> {
    let absolute = std::path::absolute(folder)?;
    let mut existing: &Path = &absolute;
    loop {
        match std::fs::metadata(existing) {
            Ok(found) if found.is_dir() => break,
            Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                existing = existing.parent().ok_or(error)?;
            }
            Err(error) => return Err(error),
        }
    }
    let probe: PathBuf = existing.join(format!(".diemcau-probe-{}", std::process::id()));
    std::fs::OpenOptions::new().write(true).create_new(true).open(&probe)?;
    std::fs::remove_file(&probe)
}

fn certificate_files(files: &CertificateFiles, problems: &mut Vec<Problem>) {
    if let Err(failure) = Pair::read(files) {
        problems.push(Problem::new(
            format_args!("certificate {}", failure.path.display()),
            failure.what,
            "correct http.certificate and http.private_key, or leave both empty",
        ));
    }
}

fn acme_root(root: &Path, problems: &mut Vec<Problem>) {
    use rustls::pki_types::{CertificateDer, pem::PemObject as _};
    if let Err(error) = CertificateDer::from_pem_file(root) {
        problems.push(Problem::new(
            format_args!("ACME root {}", root.display()),
            format!("holds no certificate in PEM ({error})"),
            "correct acme.root, or leave it empty to believe the roots of the system",
        ));
    }
}

fn web_client(folder: &Path, problems: &mut Vec<Problem>) {
    if let Err(error) = std::fs::metadata(folder.join("index.html")) {
        problems.push(Problem::new(
            format_args!("web client {}", folder.display()),
            format!("holds no index.html ({error})"),
            "build it with `make build` or set http.web_client",
        ));
    }
}

fn logo(file: &Path, problems: &mut Vec<Problem>) {
    if let Err(what) = super::mixer::look_at_logo(file) {
        problems.push(Problem::new(
            format_args!("logo {}", file.display()),
            what,
            "set mixer.logo to a PNG picture, or leave it empty",
        ));
    }
}

fn http_port(config: &Config, problems: &mut Vec<Problem>) {
    let address = SocketAddr::new(config.http.bind, config.http.port);
    if let Err(error) =
        TcpListener::bind(address).or_else(|error| without_ipv6(address, error, TcpListener::bind))
    {
        problems.push(port_problem("HTTPS", config.http.port, config.http.port, "TCP", &error));
    }
}

/// One line per run of neighbouring ports that fail for the same reason.
fn media_ports(config: &Config, problems: &mut Vec<Problem>) {
    let any = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    for protocol in ["UDP", "TCP"] {
        let mut run: Option<(u16, u16, io::Error)> = None;
        for port in config.media_ports() {
            let address = SocketAddr::new(any, port);
            let tried = if protocol == "UDP" {
                UdpSocket::bind(address).map(drop)
            } else {
                TcpListener::bind(address).map(drop)
            };
            match (tried, &mut run) {
                (Err(error), Some((_, last, cause))) if error.kind() == cause.kind() => *last = port,
                (Err(error), _) => {
                    if let Some((first, last, cause)) = run.replace((port, port, error)) {
                        problems.push(port_problem("media", first, last, protocol, &cause));
                    }
                }
                (Ok(()), _) => {
                    if let Some((first, last, cause)) = run.take() {
                        problems.push(port_problem("media", first, last, protocol, &cause));
                    }
                }
            }
        }
        if let Some((first, last, cause)) = run {
            problems.push(port_problem("media", first, last, protocol, &cause));
        }
    }
}

/// A machine without IPv6 listens on IPv4 alone.
fn without_ipv6<T>(
    address: SocketAddr,
    error: io::Error,
    bind: impl Fn(SocketAddr) -> io::Result<T>,
) -> io::Result<T> {
    if address.is_ipv6() && address.ip().is_unspecified() && error.kind() != io::ErrorKind::AddrInUse {
        return bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), address.port()));
    }
    Err(error)
}

fn port_problem(use_of_port: &str, first: u16, last: u16, protocol: &str, error: &io::Error) -> Problem {
    let setting = match use_of_port {
        "HTTPS" => "http.port",
        "relay" => "relay.listen",
        _ => "media.port",
    };
    let ports = if first == last { format!("{first}") } else { format!("{first}-{last}") };
    let (what, remedy) = match error.kind() {
        io::ErrorKind::AddrInUse => (
            "is in use by another program".to_owned(),
            format!("stop that program (perhaps a server that already runs) or change {setting}"),
        ),
        io::ErrorKind::PermissionDenied => (
            "needs rights that this user lacks".to_owned(),
            format!("choose {setting} above 1023 or grant CAP_NET_BIND_SERVICE"),
        ),
        _ => (format!("cannot be opened ({error})"), format!("change {setting} or the address it binds to")),
    };
    Problem::new(format_args!("{use_of_port} port {ports} ({protocol})"), what, remedy)
}
