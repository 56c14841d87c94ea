//! Puts the parts together: listener, journal, conferences, media events; start and graceful end.
//!
//! Called once by the binary, many times by tests. Owns nothing of the meeting.

use crate::auth::SignIn;
use crate::config::SignallingConfig;
use crate::error::ServeFailure;
use crate::http::{App, Front, Guard, Probes, RateLimits, metrics_handle, router, tls_listener};
use crate::journal::{Journal, start_writer};
use crate::media_port::MediaPort;
use crate::news::{self, NEWS_LIMIT};
use crate::outbox;
use crate::runner::{Capacity, Legs, Parts, Runners};
use crate::store::Database;
use crate::upkeep;
use crate::visitors::Visitors;
use crate::webhooks;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use media_control::MediaEvent;
use std::future::Future;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

/// Longest that a client may take for the headers of a request, or sit idle between two.
const HEADER_TIME: Duration = Duration::from_secs(30);

/// A server that listens and does not answer yet: what can go wrong at start has not.
pub struct Server {
    config: SignallingConfig,
    store: Database,
    journal: Arc<Journal>,
    listener: TcpListener,
    address: SocketAddr,
    tls: RustlsConfig,
}

impl Server {
    /// Takes the port, opens the journal.
    ///
    /// # Errors
    /// [`ServeFailure`], one clear line each.
    pub async fn bind(config: SignallingConfig, store: Database) -> Result<Self, ServeFailure> {
        let tls = tls_listener(config.certificate.clone());
        let (listener, address) = listen(config.listen)?;
        let journal = Journal::open(Arc::new(store.clone()), &config.data_folder).await?;
        let (journal, tls) = (Arc::new(journal), RustlsConfig::from_config(tls));
        Ok(Self { config, store, journal, listener, address, tls })
    }

    /// Where it listens; tells the port when 0 was asked for.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is done, then tells every session and ends.
    ///
    /// # Errors
    /// [`ServeFailure::Listener`] when the listener fails.
    pub async fn run(
        self,
        media: Arc<dyn MediaPort>,
        events: mpsc::Receiver<MediaEvent>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), ServeFailure> {
        let Self { config, store, journal, listener, address, tls } = self;
        metrics_handle();
        let (writer, written) = start_writer(journal.clone());
        let (told, heard) = mpsc::channel(NEWS_LIMIT);
        let limits = config.limits.clone();
        let clock = config.clock.clone();
        let parts = Parts {
            key: config.server_key.clone(),
            clock: clock.clone(),
            media: media.clone(),
            legs: Legs::new(clock.now_ms()),
            capacity: Capacity::new(limits.places),
            journal,
            writer,
            store: store.clone(),
            news: told,
        };
        let guard = Guard::new(limits.sockets, limits.sockets_per_address, &config.trusted_proxies);
        let app = Arc::new(App {
            sign_in: SignIn::new(
                store.clone(),
                clock.clone(),
                &limits,
                config.accounts.clone(),
                config.server_key.clone(),
            ),
            rates: RateLimits::new(&limits),
            probes: Probes::new(),
            visitors: Visitors::new(&limits, clock.clone()),
            runners: Runners::new(parts, limits.running_conferences),
            clock: clock.clone(),
            store: store.clone(),
            outbox_bell: Notify::new(),
            hook_bell: Notify::new(),
            config,
        });
        let dispatcher = tokio::spawn(dispatch(app.clone(), events));
        let sending = tokio::spawn(outbox::run(app.clone()));
        let telling = tokio::spawn(webhooks::run(app.clone()));
        let hearing = tokio::spawn(news::hear(app.clone(), heard));
        let upkeep = tokio::spawn(upkeep::run(store, clock, limits.guest_kept));

        let handle = Handle::new();
        let mut server = axum_server::from_tcp(listener)
            .map_err(|source| ServeFailure::Listen { address, source })?
            .acceptor(Front::new(guard, media, tls))
            .handle(handle.clone())
            .first_request_timeout(HEADER_TIME);
        server.http_builder().http1().header_read_timeout(HEADER_TIME);
        let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        tracing::info!(%address, "signalling server is listening");

        let mut serving = std::pin::pin!(server.serve(service));
        let ended = tokio::select! {
            ended = &mut serving => ended,
            () = shutdown => {
                // Sessions first: they are told to come back, and the listener waits for them.
                app.runners.stop(limits.stop_grace).await;
                handle.graceful_shutdown(Some(limits.stop_grace));
                serving.await
            }
        };
        app.runners.stop(limits.stop_grace).await;
        dispatcher.abort();
        upkeep.abort();
        sending.abort();
        telling.abort();
        hearing.abort();
        drop(app);
        flush(written, limits.stop_grace).await;
        ended.map_err(ServeFailure::Listener)
    }
}

/// Binds `config` and runs it: [`Server::bind`] and [`Server::run`] in one.
///
/// # Errors
/// [`ServeFailure`].
pub async fn serve(
    config: SignallingConfig,
    store: Database,
    media: Arc<dyn MediaPort>,
    events: mpsc::Receiver<MediaEvent>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeFailure> {
    Server::bind(config, store).await?.run(media, events, shutdown).await
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeFailure> {
    let failed = |source: std::io::Error| match source.kind() {
        ErrorKind::AddrInUse => ServeFailure::PortTaken { address },
        _ => ServeFailure::Listen { address, source },
    };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

async fn dispatch(app: Arc<App>, mut events: mpsc::Receiver<MediaEvent>) {
    while let Some(event) = events.recv().await {
        app.runners.dispatch(event);
    }
}

/// Waits until everything committed is exported. The writer ends with the last conference that
/// holds it; a request still in flight may hold one longer, hence the bound.
async fn flush(written: JoinHandle<()>, grace: Duration) {
    if tokio::time::timeout(grace, written).await.is_err() {
        tracing::warn!("journal head may lag behind, it catches up at the next start");
    }
}
