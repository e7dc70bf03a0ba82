//! One command, one file.

pub mod backup;
pub mod catalogue;
pub mod check_page;
pub mod citations;
pub mod crawl;
pub mod demo;
pub mod doctor;
pub mod gate;
pub mod import;
pub mod init;
pub mod law;
pub mod ledger;
pub mod print;
pub mod scan;
pub mod scan_worker;
pub mod serve;
pub mod vanban;
pub mod watch;
pub mod worker;
