//! `khien demo`: the fictional province, made once, then served.

mod portal;
mod tour;

use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use app::{App, demo};
use store::install::{Database, Install, New};
use store::keys::Cost;
use tokio::net::TcpListener;

use crate::{open, real, say};
use portal::Portal;

/// In the demonstration's folder only: its passphrase, which is no secret.
pub const PASSPHRASE_FILE: &str = "demo-passphrase.txt";
const PASSPHRASE: &str = "trinh dien, khong phai bi mat";

/// Makes the province when it is not there, prints the accounts, serves.
pub async fn run(
    listen: &str,
    data: &Path,
    database_url: Option<String>,
    no_serve: bool,
) -> anyhow::Result<u8> {
    let database = database_url.map_or(Database::Folder, Database::Postgres);
    let install = if data.join(PASSPHRASE_FILE).exists() {
        Install::open(data, PASSPHRASE, &database).await
    } else {
        say::note(&format!("making the demonstration in `{}`", data.display()));
        let mut random = real::fill;
        let new = New {
            name: "khien/demo",
            passphrase: PASSPHRASE,
            cost: Cost::DEMO,
            database: &database,
        };
        Install::create(data, new, &mut random).await
    }
    .with_context(|| format!("cannot use `{}` for the demonstration", data.display()))?;
    let app = open::application(&install)?;
    let portal = Portal::new(data);
    let address = open_portal(portal.clone(), listen).await?;
    if !demo::is_made(&app).await? {
        let started = started();
        demo::make(&app)
            .await
            .context("cannot make the demonstration")?;
        watch(&app, &portal, &address, data).await;
        std::fs::write(data.join(PASSPHRASE_FILE), PASSPHRASE)?;
        say::note(&format!("made in {} s", started.elapsed().as_secs()));
    }
    tell(listen, &address)?;
    if !no_serve {
        super::serve::serve(app, listen, Some(&data.join("watch"))).await?;
    }
    install.close().await;
    Ok(0)
}

/// Serves the fictional portal at the port after that of the demonstration, or at any port when that one is taken.
async fn open_portal(portal: Portal, listen: &str) -> anyhow::Result<String> {
    let next = listen
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse::<u16>().ok()?.checked_add(1))
        .unwrap_or(0);
    let listener = match TcpListener::bind(("127.0.0.1", next)).await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await?,
    };
    let address = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, portal.router()).await });
    Ok(address)
}

/// The watch is one part of the demonstration: where this system cannot lock workers, the rest is still worth seeing.
async fn watch(app: &App, portal: &Portal, address: &str, data: &Path) {
    match tour::make(app, portal, address, data).await {
        Ok(found) => say::note(&format!("watch: {found} markings found on the portal")),
        Err(error) => say::note(&format!("warning: no tour of the watch: {error:#}")),
    }
}

/// How long it took, for the person waiting; decides nothing.
fn started() -> Instant {
    Instant::now()
}

fn tell(listen: &str, portal: &str) -> anyhow::Result<()> {
    let mut lines = vec![
        String::new(),
        "Khiên – tỉnh Sông Thanh (hư cấu)".to_owned(),
        format!("  http://{listen}"),
        format!("  cổng thông tin hư cấu để giám sát: {portal}"),
        format!("  mật khẩu chung: {}", demo::PASSWORD),
        String::new(),
        format!("  {:<22} {:<32} {}", "tài khoản", "vai trò", "đơn vị"),
    ];
    for account in demo::accounts() {
        let role = match account.role {
            domain::access::Role::VanThu => "văn thư",
            domain::access::Role::CanBo => "cán bộ bảo vệ bí mật nhà nước",
            domain::access::Role::ThuTruong => "thủ trưởng",
            domain::access::Role::QuanTri => "quản trị (không đọc sổ)",
            domain::access::Role::GiamSat => "cán bộ giám sát (không đọc sổ)",
        };
        lines.push(format!(
            "  {:<22} {role:<32} {}",
            account.login, account.unit
        ));
    }
    lines.push(String::new());
    lines.push("  Dừng: Ctrl+C. Làm lại từ đầu: xóa thư mục dữ liệu.".to_owned());
    say::data(&lines.join("\n"))
}
