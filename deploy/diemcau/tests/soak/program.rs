//! The program under test: started, killed and started again on the same data and ports.
//!
//! Asked from outside only: its metrics over HTTPS, its memory from /proc, its journal after its
//! end. Killed when dropped.

use crate::synthetic::http_client::HttpClient;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use signalling_server::ConferenceId;
use signalling_server::store::{Database, Rows as _};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest that the program may take until it is ready.
const READY: Duration = Duration::from_secs(60);
/// Rows read at once.
const PAGE: u32 = 1_000;

pub struct Program {
    folder: PathBuf,
    http_port: u16,
    media_port: u16,
    child: Option<Child>,
}

fn free_pair() -> u16 {
    let is_free =
        |port| UdpSocket::bind(("0.0.0.0", port)).is_ok() && TcpListener::bind(("0.0.0.0", port)).is_ok();
    let start = 20_000 + (std::process::id() % 8_000) as u16;
    (start..32_000).step_by(2).find(|port| is_free(*port) && is_free(port + 1)).expect("two free ports")
}

impl Program {
    /// Starts `serve --demo` in a fresh folder.
    pub async fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("diemcau-soak-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("web")).expect("the temporary folder can be made");
        std::fs::write(folder.join("web/index.html"), "<!doctype html>").expect("written");
        let media_port = free_pair();
        let mut program = Self { folder, http_port: media_port + 1_000, media_port, child: None };
        program.launch().await;
        program
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_diemcau"));
        command
            .args(arguments)
            .env("DIEMCAU_DATA", self.folder.join("data"))
            .env("DIEMCAU_HTTP_WEB_CLIENT", self.folder.join("web"))
            .env("DIEMCAU_HTTP_PORT", self.http_port.to_string())
            .env("DIEMCAU_MEDIA_PORT", self.media_port.to_string())
            .env("DIEMCAU_MEDIA_SHARDS", "2")
            .env("DIEMCAU_MEDIA_ADVERTISE_LAN", "127.0.0.1")
            .stdin(Stdio::null());
        command
    }

    /// Starts it on the data that is there and waits until it answers.
    pub async fn launch(&mut self) {
        let log = std::fs::File::create(self.folder.join("log")).expect("written");
        let child = self.command(&["serve", "--demo"]).stdout(Stdio::null()).stderr(log).spawn();
        self.child = Some(child.expect("the program starts"));
        let began = Instant::now();
        let mut turn = tokio::time::interval(Duration::from_millis(100));
        loop {
            turn.tick().await;
            let address = SocketAddr::from(([127, 0, 0, 1], self.http_port));
            if tokio::net::TcpStream::connect(address).await.is_ok()
                && self.http().get("/readyz", &[]).await.status == 200
            {
                return;
            }
            assert!(began.elapsed() < READY, "not ready: {}", self.log());
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Stops it as systemd does.
    pub fn stop(&mut self) {
        let mut child = self.child.take().expect("runs");
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill is there");
        assert!(child.wait().expect("it ends").success(), "{}", self.log());
    }

    pub fn http(&self) -> HttpClient {
        let chain = std::fs::read_dir(self.folder.join("data/tls")).expect("made at start").flatten();
        let certificate = chain.filter_map(|file| CertificateDer::from_pem_file(file.path()).ok()).next();
        let address = SocketAddr::from(([127, 0, 0, 1], self.http_port));
        HttpClient::new(address, certificate.expect("a certificate").to_vec())
    }

    /// A token for the conference `demo`.
    pub fn token(&self, name: &str, role: &str) -> String {
        let arguments = ["token", "--conference", "demo", "--name", name, "--role", role];
        let output = self.command(&arguments).output().expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("a token").trim().to_owned()
    }

    /// Resident memory in MiB.
    pub fn memory_mib(&self) -> f64 {
        let id = self.child.as_ref().expect("runs").id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("is there");
        line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
    }

    /// Sum of a metric over its labels.
    pub async fn metric(&self, name: &str) -> f64 {
        let text = String::from_utf8(self.http().get("/metrics", &[]).await.body).expect("UTF-8");
        let of = |line: &str| {
            let rest = line.strip_prefix(name)?;
            if !rest.starts_with(['{', ' ']) {
                return None;
            }
            rest.rsplit(' ').next()?.parse::<f64>().ok()
        };
        text.lines().filter_map(of).sum()
    }

    /// Journal rows of the conference `demo` that hold `word`; the program must not run.
    pub async fn rows_with(&self, word: &str) -> usize {
        let store = Database::open_file(&self.folder.join("data/diemcau.db")).await.expect("our file");
        let demo = ConferenceId::new("demo").expect("a good id");
        let (mut next, mut found) = (1, 0);
        loop {
            let rows = store.rows(&demo, next, PAGE).await.expect("rows");
            found += rows.iter().filter(|row| row.body.contains(word)).count();
            match rows.last() {
                Some(last) => next = last.seq + 1,
                None => break,
            }
        }
        store.close().await;
        found
    }

    /// Whether `diemcau journal verify` finds every row in its place.
    pub fn journal_is_whole(&self) -> bool {
        self.command(&["journal", "verify"]).output().expect("the program starts").status.success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
