//! The report on paper.

use serde::Serialize;

use super::{Figures, Fill, SelfInspection, number_line, period_line, place_date, proof_line};
use crate::typeset::{Identity, typeset};
use crate::{PrintError, qr};

const FORM: &str = "/common/report.typ";

#[derive(Serialize)]
struct Data<'a> {
    parent: Option<&'a str>,
    unit: &'a str,
    number: String,
    place_date: String,
    subject: &'a str,
    period: Option<String>,
    opening: &'a [String],
    sections: Vec<SectionData<'a>>,
    closing: &'a [String],
    recipients: &'a [String],
    authority: Option<&'a str>,
    post: &'a str,
    name: Option<&'a str>,
    proof: Option<String>,
    qr: Option<String>,
    qr_mm: f64,
}

#[derive(Serialize)]
struct SectionData<'a> {
    number: &'a str,
    heading: &'a str,
    top: bool,
    items: Vec<ItemData<'a>>,
}

#[derive(Serialize)]
struct ItemData<'a> {
    heading: &'a str,
    fill: Vec<FillData<'a>>,
    parts: Vec<PartData<'a>>,
}

#[derive(Serialize)]
struct PartData<'a> {
    heading: &'a str,
    fill: Vec<FillData<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum FillData<'a> {
    Text {
        text: &'a str,
    },
    Figures {
        caption: Option<&'a str>,
        columns: &'a [String],
        rows: &'a [Vec<String>],
    },
    Blank,
}

pub(super) fn pdf(report: &SelfInspection) -> Result<Vec<u8>, PrintError> {
    let drawing = report
        .proof
        .as_ref()
        .and_then(|p| p.qr.as_deref())
        .map(qr::draw)
        .transpose()?;
    let header = &report.header;
    let data = Data {
        parent: header.parent.as_deref(),
        unit: &header.unit,
        number: number_line(header),
        place_date: place_date(header),
        subject: &report.subject,
        period: report.period.map(period_line),
        opening: &report.opening,
        sections: sections(report),
        closing: &report.closing,
        recipients: &report.recipients,
        authority: report.signer.authority.as_deref(),
        post: &report.signer.post,
        name: report.signer.name.as_deref(),
        proof: report.proof.as_ref().map(|p| proof_line(&p.checkpoint)),
        qr_mm: drawing.as_ref().map_or(0.0, |d| d.side_mm),
        qr: drawing.map(|d| d.svg),
    };
    let json = serde_json::to_vec(&data).map_err(|e| PrintError::Layout {
        form: FORM.to_owned(),
        message: e.to_string(),
    })?;
    let ident = format!(
        "self-inspection/{}/{}/{}",
        header.unit, data.number, report.date
    );
    Ok(typeset(FORM, json, &Identity::new(ident, report.date))?.pdf)
}

fn sections(report: &SelfInspection) -> Vec<SectionData<'_>> {
    report
        .sections
        .iter()
        .map(|section| SectionData {
            number: &section.number,
            heading: &section.heading,
            top: !section.number.contains('.'),
            items: section.items.iter().map(item_data).collect(),
        })
        .collect()
}

fn item_data(item: &super::Item) -> ItemData<'_> {
    ItemData {
        heading: &item.heading,
        fill: fills(&item.fill),
        parts: item
            .parts
            .iter()
            .map(|p| PartData {
                heading: &p.heading,
                fill: fills(&p.fill),
            })
            .collect(),
    }
}

fn fills(fills: &[Fill]) -> Vec<FillData<'_>> {
    fills
        .iter()
        .map(|fill| match fill {
            Fill::Text(text) => FillData::Text { text },
            Fill::Figures(Figures {
                caption,
                columns,
                rows,
            }) => FillData::Figures {
                caption: caption.as_deref(),
                columns,
                rows,
            },
            Fill::Blank => FillData::Blank,
        })
        .collect()
}
