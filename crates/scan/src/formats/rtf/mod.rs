//! RTF: text by its fonts and code pages, with headers, notes, comments, text boxes, hidden and deleted
//! text, properties, pictures and embedded objects.

mod tokens;

use std::collections::BTreeMap;

use vanban::encodings::{self, Encoding};

use crate::content::{Member, Picture, PictureData, Piece, Place, Sink, Stop};
use crate::limits::{ELEMENT_DEPTH_MAX, Limits};
use crate::report::Reason;
use tokens::{Token, Tokens};

/// Reads a document.
///
/// # Errors
/// [`Stop`] when the sink had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut reader = Reader::new(limits, sink);
    for token in Tokens::new(bytes) {
        reader.token(&token)?;
        if reader.pages_over {
            break;
        }
    }
    reader.flush()?;
    if reader.deeper > 0 || reader.was_deep {
        reader.sink.missed(Reason::Nesting, "");
    }
    // The outermost group is closed by the last brace of the file.
    if !reader.groups.is_empty() {
        reader.sink.missed(Reason::Damaged, "end of file");
    }
    Ok(())
}

/// What a group's text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Destination {
    Text(Place),
    FontTable,
    Picture,
    Object,
    /// Name and value of a drawing property.
    ShapeName,
    ShapeValue,
    Skipped,
}

#[derive(Clone, Debug)]
struct Group {
    destination: Destination,
    font: i32,
    hidden: bool,
    deleted: bool,
    bold: bool,
    /// Letters that stand for one `\u` where it is not understood.
    fallback: usize,
}

struct Font {
    name: String,
    code_page: i32,
}

struct Reader<'s> {
    sink: &'s mut dyn Sink,
    limits: Limits,
    groups: Vec<Group>,
    /// Groups beyond the deepest, only counted.
    deeper: usize,
    was_deep: bool,
    fonts: BTreeMap<i32, Font>,
    default_font: i32,
    code_page: i32,
    /// Bytes of the font `run_font`, not yet decoded.
    run: Vec<u8>,
    line: String,
    line_bold: bool,
    place: Place,
    page: u32,
    pages_over: bool,
    /// Letters still to be passed over after a `\u`.
    to_skip: usize,
    /// A `\*` was read: an unknown word makes its group skipped.
    starred: bool,
    high_surrogate: Option<u16>,
    hexadecimal: Vec<u8>,
    shape_name: String,
    objects: u32,
}

impl<'s> Reader<'s> {
    fn new(limits: &Limits, sink: &'s mut dyn Sink) -> Self {
        Self {
            sink,
            limits: *limits,
            groups: Vec::new(),
            deeper: 0,
            was_deep: false,
            fonts: BTreeMap::new(),
            default_font: 0,
            code_page: 1252,
            run: Vec::new(),
            line: String::new(),
            line_bold: false,
            place: Place::Body,
            page: 1,
            pages_over: false,
            to_skip: 0,
            starred: false,
            high_surrogate: None,
            hexadecimal: Vec::new(),
            shape_name: String::new(),
            objects: 0,
        }
    }

    fn token(&mut self, token: &Token<'_>) -> Result<(), Stop> {
        match token {
            Token::Open => self.open(),
            Token::Close => self.close()?,
            Token::Word(word, number) => self.word(word, *number)?,
            Token::Symbol(symbol) => self.symbol(*symbol)?,
            Token::Byte(byte) => self.byte(*byte),
            Token::Binary(bytes) => self.hexadecimal.extend(
                bytes
                    .iter()
                    .flat_map(|byte| format!("{byte:02x}").into_bytes()),
            ),
            Token::Text(text) => self.text(text),
        }
        Ok(())
    }

    fn group(&self) -> Group {
        self.groups.last().cloned().unwrap_or(Group {
            destination: Destination::Text(Place::Body),
            font: self.default_font,
            hidden: false,
            deleted: false,
            bold: false,
            fallback: 1,
        })
    }

    fn change(&mut self, change: impl FnOnce(&mut Group)) {
        if self.deeper == 0
            && let Some(group) = self.groups.last_mut()
        {
            change(group);
        }
    }

    fn open(&mut self) {
        self.decode();
        self.to_skip = 0;
        if self.groups.len() >= ELEMENT_DEPTH_MAX {
            self.deeper += 1;
            self.was_deep = true;
            return;
        }
        let group = self.group();
        self.groups.push(group);
        self.starred = false;
    }

    fn close(&mut self) -> Result<(), Stop> {
        self.decode();
        self.to_skip = 0;
        if self.deeper > 0 {
            self.deeper -= 1;
            return Ok(());
        }
        let Some(ended) = self.groups.pop() else {
            return Ok(());
        };
        let outer = self.group();
        if ended.destination != outer.destination {
            self.end(ended.destination)?;
        } else if ended.hidden != outer.hidden || ended.deleted != outer.deleted {
            self.flush()?;
        }
        Ok(())
    }

    /// The end of a destination.
    fn end(&mut self, destination: Destination) -> Result<(), Stop> {
        match destination {
            Destination::Text(_) => self.flush(),
            Destination::Picture => self.picture(),
            Destination::Object => self.object(),
            Destination::FontTable => {
                self.line.clear();
                Ok(())
            }
            Destination::ShapeName => {
                self.shape_name = std::mem::take(&mut self.line);
                Ok(())
            }
            Destination::ShapeValue => {
                let value = std::mem::take(&mut self.line);
                // Letters that are drawn: watermarks are made so.
                if self.shape_name.trim() == "gtextUNICODE" {
                    self.place = Place::TextBox;
                    self.line = value;
                    return self.flush();
                }
                Ok(())
            }
            Destination::Skipped => Ok(()),
        }
    }

    /// Hands on the line that was collected.
    fn flush(&mut self) -> Result<(), Stop> {
        self.decode();
        let line = std::mem::take(&mut self.line);
        let bold = std::mem::take(&mut self.line_bold);
        if line.trim().is_empty() {
            return Ok(());
        }
        let paged = matches!(
            self.place,
            Place::Body | Place::TableCell | Place::TextBox | Place::Hidden | Place::Deleted
        );
        self.sink.piece(Piece {
            page: paged.then_some(self.page),
            emphasised: bold,
            ..Piece::new(self.place, line)
        })
    }

    fn word(&mut self, word: &str, number: Option<i32>) -> Result<(), Stop> {
        if word != "u" && word != "'" {
            self.decode();
        }
        let starred = std::mem::take(&mut self.starred);
        if let Some(destination) = destination(word) {
            self.flush_text()?;
            self.change(|group| group.destination = destination);
            return Ok(());
        }
        if starred {
            self.change(|group| group.destination = Destination::Skipped);
            return Ok(());
        }
        self.state(word, number)?;
        if let Some(place) = self.separator(word) {
            self.flush()?;
            if place == Some(Place::TableCell) {
                self.place = Place::Body;
            }
        }
        Ok(())
    }

    /// Ends the line before another destination starts.
    fn flush_text(&mut self) -> Result<(), Stop> {
        if matches!(self.group().destination, Destination::Text(_)) {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Words that end a line; inside, whether a cell ends.
    fn separator(&mut self, word: &str) -> Option<Option<Place>> {
        match word {
            "par" | "line" | "sect" | "softline" => Some(None),
            "cell" | "row" | "nestcell" | "nestrow" => {
                self.place = Place::TableCell;
                Some(Some(Place::TableCell))
            }
            "page" | "pagebb" | "softpage" => {
                self.page = self.page.saturating_add(1);
                if self.page > self.limits.pages {
                    self.pages_over = true;
                    self.sink.missed(Reason::TooLarge, "pages");
                }
                Some(None)
            }
            _ => None,
        }
    }

    /// Words that change how the text after them is read.
    fn state(&mut self, word: &str, number: Option<i32>) -> Result<(), Stop> {
        let on = number != Some(0);
        match word {
            "ansicpg" => self.code_page = number.unwrap_or(1252),
            "deff" => self.default_font = number.unwrap_or(0),
            "f" => self.font(number.unwrap_or(0)),
            "fcharset" => self.charset(number.unwrap_or(0)),
            "uc" => self.change(|group| {
                group.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16)
            }),
            "b" => self.change(|group| group.bold = on),
            "v" | "deleted" => {
                self.flush_text()?;
                let hidden = word == "v";
                self.change(|group| {
                    if hidden {
                        group.hidden = on
                    } else {
                        group.deleted = on
                    }
                });
            }
            "plain" => {
                let font = self.default_font;
                self.change(|group| (group.bold, group.hidden, group.font) = (false, false, font));
            }
            "u" => self.unicode(number.unwrap_or(0)),
            "tab" => self.text(b"\t"),
            "emdash" | "endash" => self.text(b"-"),
            "lquote" | "rquote" | "ldblquote" | "rdblquote" | "bullet" | "emspace" | "enspace" => {
                self.text(b" ")
            }
            _ => {}
        }
        Ok(())
    }

    fn font(&mut self, font: i32) {
        self.change(|group| group.font = font);
        if self.group().destination == Destination::FontTable {
            self.line.clear();
            let code_page = self.code_page;
            self.fonts.entry(font).or_insert(Font {
                name: String::new(),
                code_page,
            });
        }
    }

    fn charset(&mut self, charset: i32) {
        let code_page = match charset {
            163 => 1258,
            0 | 1 => self.code_page,
            _ => 1252,
        };
        let font = self.group().font;
        if let Some(font) = self.fonts.get_mut(&font) {
            font.code_page = code_page;
        }
    }

    fn unicode(&mut self, code: i32) {
        self.decode();
        let group = self.group();
        self.to_skip = group.fallback;
        // Codes above 32767 are written as negative numbers.
        let unit = u16::try_from(code & 0xffff).unwrap_or(0xfffd);
        let units = [self.high_surrogate.take(), Some(unit)];
        if (0xd800..0xdc00).contains(&unit) {
            self.high_surrogate = Some(unit);
            return;
        }
        for c in char::decode_utf16(units.into_iter().flatten()) {
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            let named = self
                .fonts
                .get(&group.font)
                .and_then(|font| encodings::decode_by_font(&font.name, c.encode_utf8(&mut [0; 4])));
            self.put(
                &group,
                named.as_deref().unwrap_or(c.encode_utf8(&mut [0; 4])),
            );
        }
    }

    fn symbol(&mut self, symbol: u8) -> Result<(), Stop> {
        match symbol {
            b'*' => self.starred = true,
            b'~' => self.text(b" "),
            b'_' => self.text(b"-"),
            b'\\' | b'{' | b'}' => self.text(&[symbol]),
            b'\n' | b'\r' => self.word("par", None)?,
            // An optional hyphen, an index mark.
            _ => {}
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8) {
        self.text(&[byte]);
    }

    fn text(&mut self, text: &[u8]) {
        let skipped = self.to_skip.min(text.len());
        self.to_skip -= skipped;
        let text = text.get(skipped..).unwrap_or(&[]);
        match self.group().destination {
            Destination::Picture | Destination::Object => self.hexadecimal.extend(text),
            Destination::Skipped => {}
            _ => self.run.extend(text),
        }
    }

    /// Decodes the bytes of one font.
    fn decode(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.run);
        let group = self.group();
        let font = self.fonts.get(&group.font);
        let western = || encodings::as_western(&bytes);
        let text = match font {
            Some(font) => match encodings::decode_by_font(&font.name, &western()) {
                Some(text) => text,
                None if font.code_page == 1258 => encodings::decode(&bytes, Encoding::Cp1258).text,
                None => western(),
            },
            None if self.code_page == 1258 => encodings::decode(&bytes, Encoding::Cp1258).text,
            None => western(),
        };
        self.put(&group, &text);
    }

    fn put(&mut self, group: &Group, text: &str) {
        match group.destination {
            Destination::Text(place) => {
                let place = match place {
                    _ if group.deleted => Place::Deleted,
                    _ if group.hidden => Place::Hidden,
                    place => place,
                };
                self.place = place;
                self.line_bold |= group.bold;
                self.line.push_str(text);
            }
            Destination::FontTable => {
                self.line.push_str(text);
                if let Some((name, _)) = self.line.split_once(';') {
                    let name = name.trim().to_owned();
                    if let Some(font) = self.fonts.get_mut(&group.font) {
                        font.name = name;
                    }
                    self.line.clear();
                }
            }
            Destination::ShapeName | Destination::ShapeValue => self.line.push_str(text),
            Destination::Picture | Destination::Object | Destination::Skipped => {}
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, Stop> {
        let text = std::mem::take(&mut self.hexadecimal);
        self.sink.inflate(text.len() as u64 / 2)?;
        let mut digits = text
            .iter()
            .filter_map(|byte| char::from(*byte).to_digit(16));
        let mut out = Vec::with_capacity(text.len() / 2);
        while let (Some(high), Some(low)) = (digits.next(), digits.next()) {
            out.push(u8::try_from(high * 16 + low).unwrap_or(0));
        }
        Ok(out)
    }

    fn picture(&mut self) -> Result<(), Stop> {
        let bytes = self.bytes()?;
        if bytes.is_empty() {
            return Ok(());
        }
        let kind = crate::Kind::of(&bytes, "");
        if kind.is_picture() {
            return self.sink.picture(Picture {
                page: Some(self.page),
                bbox_mm: None,
                data: PictureData::Encoded(bytes),
            });
        }
        // A metafile holds text and pictures of its own.
        self.objects += 1;
        self.sink.member(Member {
            name: format!("picture-{}.emf", self.objects),
            bytes,
        })
    }

    fn object(&mut self) -> Result<(), Stop> {
        const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
        let bytes = self.bytes()?;
        if bytes.is_empty() {
            return Ok(());
        }
        self.objects += 1;
        let name = format!("object-{}", self.objects);
        // An OLE1 header stands before the compound file.
        let start = bytes
            .windows(OLE.len())
            .position(|window| window == OLE)
            .unwrap_or(0);
        let bytes = bytes.get(start..).unwrap_or(&[]).to_vec();
        self.sink.member(Member { name, bytes })
    }
}

/// Destinations that are read, and those whose text is none of the document's.
fn destination(word: &str) -> Option<Destination> {
    let destination = match word {
        "fonttbl" => Destination::FontTable,
        "pict" => Destination::Picture,
        "objdata" => Destination::Object,
        "sn" => Destination::ShapeName,
        "sv" => Destination::ShapeValue,
        "header" | "headerl" | "headerr" | "headerf" => Destination::Text(Place::Header),
        "footer" | "footerl" | "footerr" | "footerf" => Destination::Text(Place::Footer),
        "footnote" | "ftnsep" | "ftnsepc" | "aftnsep" => Destination::Text(Place::Note),
        "annotation" => Destination::Text(Place::Comment),
        "shptxt" | "dptxbxtext" | "do" | "dobxmargin" => Destination::Text(Place::TextBox),
        "title" | "subject" | "author" | "manager" | "company" | "category" | "keywords"
        | "comment" | "doccomm" | "operator" | "propname" | "staticval" | "hlinkbase" => {
            Destination::Text(Place::Property)
        }
        "shppict" | "shpinst" | "shprslt" | "ud" | "objclass" | "result" | "fldrslt"
        | "formfield" => Destination::Text(Place::Body),
        "bkmkstart" | "bkmkend" => Destination::Text(Place::Label),
        "stylesheet" | "colortbl" | "filetbl" | "listtable" | "listoverridetable" | "rsidtbl"
        | "generator" | "themedata" | "colorschememapping" | "datastore" | "latentstyles"
        | "xmlnstbl" | "fldinst" | "nonshppict" | "falt" | "panose" | "mmathPr" | "pgptbl"
        | "revtbl" | "upr" => Destination::Skipped,
        _ => return None,
    };
    Some(destination)
}
