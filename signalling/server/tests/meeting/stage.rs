//! Starts a server for a test and holds what lies around it.
//!
//! Each test has a data folder, port and clock of its own; a stage can be stopped and started
//! again on the same folder.

use crate::client::Client;
use crate::http_client::HttpClient;
use conference::{Role, Settings, Timestamp};
use media_control::{ConferenceId, LegId, MediaCommand, MediaEvent};
use signalling_server::auth::token::{Bearer, issue_for};
use signalling_server::auth::{AccountPolicy, ServerKey, password};
use signalling_server::protocol::Relay;
use signalling_server::store::{Database, Meeting, Meetings as _, NewAccount, People as _};
use signalling_server::{
    Clock, ClockHand, Limits, LocalRoot, MailSettings, MediaBusy, MediaPort, PortStream, RelayConnection,
    ServedCertificate, Server, SignallingConfig,
};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

/// Longest that a test waits for anything.
pub const DEADLINE: Duration = Duration::from_secs(20);
const START_MS: i64 = 1_800_000_000_000;
static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// Records what the media server would be told.
#[derive(Default)]
pub struct Recorder {
    orders: Mutex<Vec<MediaCommand>>,
    news: Arc<Notify>,
    /// What the connections began with that were given to media.
    beginnings: Arc<Mutex<Vec<Vec<u8>>>>,
    /// Whether a mixer is there.
    pub has_mixer: AtomicBool,
    pub has_recorder: AtomicBool,
}

impl MediaPort for Recorder {
    fn send(&self, command: MediaCommand) -> Result<(), MediaBusy> {
        self.orders.lock().expect("not poisoned").push(command);
        self.news.notify_waiters();
        Ok(())
    }

    fn take_bare(&self, connection: PortStream) {
        self.listen(connection, 22);
    }

    fn take_relay(&self, connection: RelayConnection) {
        self.listen(connection.stream, 20);
    }

    fn has_recorder(&self) -> bool {
        self.has_recorder.load(Ordering::Relaxed)
    }

    fn has_mixer(&self) -> bool {
        self.has_mixer.load(Ordering::Relaxed)
    }

    fn relay(&self, leg: LegId) -> Option<Relay> {
        Some(Relay { username: format!("9:{}", leg.0), credential: "secret".to_owned(), url: None })
    }
}

impl Recorder {
    fn listen(&self, mut stream: impl AsyncRead + Send + Unpin + 'static, bytes: usize) {
        let (beginnings, news) = (self.beginnings.clone(), self.news.clone());
        tokio::spawn(async move {
            let mut beginning = vec![0; bytes];
            stream.read_exact(&mut beginning).await.expect("it says something");
            beginnings.lock().expect("not poisoned").push(beginning);
            news.notify_waiters();
        });
    }

    /// The first bytes of the next connection that is media.
    pub async fn next_media_connection(&self) -> Vec<u8> {
        let taken = async {
            loop {
                let news = self.news.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                if let Some(beginning) = self.beginnings.lock().expect("not poisoned").pop() {
                    return beginning;
                }
                news.await;
            }
        };
        tokio::time::timeout(DEADLINE, taken).await.expect("a connection of media")
    }

    /// The first order not yet taken for which `pick` answers.
    pub async fn take<T>(&self, pick: impl Fn(&MediaCommand) -> Option<T>) -> T {
        let taken = async {
            loop {
                let news = self.news.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                {
                    let mut orders = self.orders.lock().expect("not poisoned");
                    let found = orders.iter().enumerate().find_map(|(at, o)| Some((at, pick(o)?)));
                    if let Some((at, picked)) = found {
                        orders.remove(at);
                        return picked;
                    }
                }
                news.await;
            }
        };
        match tokio::time::timeout(DEADLINE, taken).await {
            Ok(picked) => picked,
            Err(_) => panic!("no such order; not taken: {:?}", self.orders.lock()),
        }
    }

    pub fn all(&self) -> Vec<MediaCommand> {
        self.orders.lock().expect("not poisoned").clone()
    }
}

pub struct Stage {
    pub address: SocketAddr,
    pub store: Database,
    pub clock: Clock,
    pub hand: ClockHand,
    pub media: Arc<Recorder>,
    pub certificate: Vec<u8>,
    served: Arc<ServedCertificate>,
    folder: Folder,
    place: Place,
    key: ServerKey,
    limits: Limits,
    accounts: AccountPolicy,
    outward: Outward,
    running: Running,
}

/// What leaves the server.
#[derive(Clone, Default)]
struct Outward {
    mail: Option<MailSettings>,
    networks: Vec<ipnet::IpNet>,
}

/// Where everything is kept.
#[derive(Clone)]
enum Place {
    File(PathBuf),
    /// `postgres://…`
    Server(String),
}

impl Place {
    async fn open(&self) -> Database {
        match self {
            Self::File(file) => Database::open_file(file).await.expect("opens"),
            Self::Server(address) => Database::open_server(address).await.expect("opens"),
        }
    }
}

/// A server on a runtime of its own: what is killed leaves no task behind.
pub struct Running {
    address: SocketAddr,
    events: mpsc::Sender<MediaEvent>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    runtime: Option<Runtime>,
}

impl Running {
    async fn start(
        (folder, place): (&Path, &Place),
        key: &ServerKey,
        (limits, accounts, outward): (&Limits, &AccountPolicy, &Outward),
        clock: &Clock,
        media: Arc<Recorder>,
        served: Arc<ServedCertificate>,
    ) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut config = SignallingConfig::new(listen, served, folder.to_owned(), key.clone());
        config.local_root = Some(LocalRoot {
            der: b"any bytes".to_vec(),
            name: "Diem Cau CA".to_owned(),
            expires_at_ms: START_MS,
        });
        config.limits = limits.clone();
        config.mail.clone_from(&outward.mail);
        config.webhook_networks.clone_from(&outward.networks);
        config.public_address = "https://hop.example.vn".to_owned();
        config.accounts = accounts.clone();
        config.clock = clock.clone();
        config.web_root = Some(folder.join("web"));
        let place = place.clone();
        let (events, heard) = mpsc::channel(64);
        let (stop, stopped) = oneshot::channel();
        let (bound, address) = oneshot::channel();
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let serving = runtime.spawn(async move {
            let store = place.open().await;
            let server = Server::bind(config, store.clone()).await.expect("binds");
            bound.send(server.address()).expect("the test waits");
            let shutdown = async {
                let _ = stopped.await;
            };
            server.run(media, heard, shutdown).await.expect("serves to the end");
            store.close().await;
        });
        let address = address.await.expect("binds");
        Self { address, events, stop: Some(stop), serving, runtime: Some(runtime) }
    }

    /// Stops it in order.
    pub async fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let serving = tokio::time::timeout(DEADLINE, &mut self.serving).await;
        serving.expect("stops in time").expect("stops without a panic");
        self.kill().await;
    }

    /// Ends it without a word, as `kill -9` does.
    pub async fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            let ended = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(DEADLINE));
            ended.await.expect("ends");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A data folder that goes with its stage.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn demo() -> ConferenceId {
    ConferenceId::new("demo").expect("a good id")
}

impl Stage {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Limits)) -> Self {
        Self::start_at(None, change).await
    }

    /// As the others, but everything is kept in this PostgreSQL database.
    pub async fn start_on(server: String) -> Self {
        Self::start_at(Some(server), |_| ()).await
    }

    async fn start_at(server: Option<String>, change: impl FnOnce(&mut Limits)) -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("diemcau-test-{}-{number}", std::process::id());
        let folder = Folder(std::env::temp_dir().join(name));
        std::fs::create_dir_all(&folder.0).expect("folder can be made");
        std::fs::write(folder.0.join("key.pem"), "what nobody may read").expect("written");
        let (certificate, pair) = new_certificate();
        let served = ServedCertificate::new(pair, false);
        std::fs::create_dir_all(folder.0.join("web/assets")).expect("folder can be made");
        std::fs::write(folder.0.join("web/index.html"), "<!doctype html>").expect("written");
        for (name, text) in [
            ("a1.js", "export {}"),
            ("a2.js", "as it is"),
            ("a2.js.br", "as Brotli"),
            ("a2.js.gz", "as gzip"),
        ] {
            std::fs::write(folder.0.join("web/assets").join(name), text).expect("written");
        }
        let mut limits = Limits::default();
        change(&mut limits);
        let (hand, clock) = Clock::standing(START_MS);
        let key = ServerKey::random();
        let media = Arc::<Recorder>::default();
        let place = server.map_or_else(|| Place::File(folder.0.join("test.db")), Place::Server);
        let store = place.open().await;
        let accounts = AccountPolicy::default();
        let running = Running::start(
            (&folder.0, &place),
            &key,
            (&limits, &accounts, &Outward::default()),
            &clock,
            media.clone(),
            served.clone(),
        )
        .await;
        let address = running.address;
        let stage = Self {
            address,
            store,
            clock,
            hand,
            media,
            certificate,
            served,
            folder,
            place,
            key,
            limits,
            accounts,
            outward: Outward::default(),
            running,
        };
        let always = Settings { always_open: true, ..Settings::default() };
        stage.meeting("demo", always).await;
        stage
    }

    /// Stops the server in order and starts another one on the same folder.
    pub async fn restart(mut self) -> Self {
        self.running.stop().await;
        self.start_again().await
    }

    /// Ends the server without a word, as `kill -9` does, and starts another one.
    pub async fn crash(mut self) -> Self {
        self.running.kill().await;
        self.start_again().await
    }

    async fn start_again(mut self) -> Self {
        self.running = self.another_node().await;
        self.address = self.running.address;
        self
    }

    /// A server on the same folder and database, with the settings as they are now.
    pub async fn another_node(&self) -> Running {
        Running::start(
            (&self.folder.0, &self.place),
            &self.key,
            (&self.limits, &self.accounts, &self.outward),
            &self.clock,
            self.media.clone(),
            self.served.clone(),
        )
        .await
    }

    /// From the next start on only these networks are inside.
    pub fn set_inside_networks(&mut self, networks: &[&str]) {
        let networks = networks.iter().map(|text| text.parse().expect("a network"));
        self.accounts.inside_networks = networks.collect();
    }

    /// From the next start on nothing beyond the password is demanded, as in a demo.
    pub const fn do_not_enforce(&mut self) {
        self.accounts.is_enforced = false;
    }

    /// From the next start on mails are sent by this server.
    pub fn set_mail(&mut self, mail: MailSettings) {
        self.outward.mail = Some(mail);
    }

    /// From the next start on web-hooks may go to these networks.
    pub fn set_webhook_networks(&mut self, networks: &[&str]) {
        let networks = networks.iter().map(|text| text.parse().expect("a network"));
        self.outward.networks = networks.collect();
    }

    /// The server's secret key.
    pub const fn key(&self) -> &ServerKey {
        &self.key
    }

    /// Puts another certificate in the place of the one shown; clients made from now on trust it.
    pub fn renew_certificate(&mut self, strict: bool) {
        let (certificate, pair) = new_certificate();
        self.certificate = certificate;
        self.served.replace(pair, strict);
    }

    /// What the media server tells.
    pub async fn happens(&self, event: MediaEvent) {
        self.running.events.send(event).await.expect("the server listens");
    }

    pub async fn meeting(&self, id: &str, settings: Settings) {
        let meeting = Meeting {
            id: ConferenceId::new(id).expect("a good id"),
            title: "Giao ban tuần".to_owned(),
            label: "Nội bộ".to_owned(),
            settings,
            created_by: None,
            created: Timestamp(START_MS),
        };
        self.store.create_meeting(&meeting, &[]).await.expect("is new");
    }

    pub async fn account(&self, user: &str, role: Role) {
        let account = NewAccount {
            user: user.to_owned(),
            name: "Nguyễn Thị Hạnh".to_owned(),
            unit: "Văn phòng UBND tỉnh".to_owned(),
            role,
            password_hash: password::hash("đúng mật khẩu").expect("long enough"),
        };
        self.store.create_account(&account, Timestamp(START_MS)).await.expect("is new");
    }

    /// A token for a fresh person.
    pub async fn token(&self, conference: &str, name: &str, role: Role) -> String {
        let conference = ConferenceId::new(conference).expect("a good id");
        let bearer = Bearer { conference: &conference, name, unit: "", site: None, role, guest: false };
        let (now_ms, life) = (self.clock.now_ms(), Duration::from_secs(8 * 3600));
        let issued = issue_for(&self.key, &self.store, &bearer, now_ms, life).await;
        issued.expect("is stored").0
    }

    pub fn data_folder(&self) -> &Path {
        &self.folder.0
    }

    pub fn http(&self) -> HttpClient {
        HttpClient::new(self.address, self.certificate.clone())
    }

    /// Connects with a fresh token and joins `conference`.
    pub async fn join(&self, conference: &str, name: &str, role: Role) -> Client {
        let token = self.token(conference, name, role).await;
        let mut client = self.connect(conference, &token).await;
        client.hello().await;
        client
    }

    /// Connects and says nothing.
    pub async fn connect(&self, conference: &str, token: &str) -> Client {
        let connected = self.http().websocket(conference, &[("authorization", &bearer(token))]).await;
        Client::new(connected.expect("is upgraded"), token)
    }
}

/// A certificate for `localhost`, as bytes and as rustls wants it.
fn new_certificate() -> (Vec<u8>, Arc<rustls::sign::CertifiedKey>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let pair = rustls::sign::CertifiedKey::from_der(vec![made.cert.der().clone()], key, &provider);
    (made.cert.der().to_vec(), Arc::new(pair.expect("belong together")))
}

pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}
