"""The layout of messages that are written in Markdown.

One column of at most 600 pixels in tables, since Outlook knows no other way of placing things. Colours for the dark are
kept as a rule of their own, which mail programs that understand it follow. ``[[NAMES]]`` are filled in once.
"""

from __future__ import annotations

# What mail lists show beside the subject; the blanks behind it keep the text of the message out of that line.
PREHEADER = (
    '<div class="preheader" style="display:none;max-height:0;overflow:hidden;mso-hide:all;font-size:1px;line-height:1px;'
    'color:#ffffff;opacity:0">[[TEXT]]' + "&#8199;&#65279;&#847; " * 40 + "</div>"
)

LAYOUT = """<!DOCTYPE html>
<html lang="[[LANGUAGE]]" dir="[[DIRECTION]]">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>[[SUBJECT]]</title>
<style>
body { margin: 0; padding: 0; background-color: #f4f5f7; }
table { border-collapse: collapse; }
.page { width: 100%; background-color: #f4f5f7; }
.outer { padding: 24px 12px; }
.column { width: 100%; max-width: 600px; background-color: #ffffff; border-radius: 6px; }
.content { padding: 32px; color: #1f2933; font-family: -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
  font-size: 16px; line-height: 1.55; }
.content p, .content ul, .content ol, .content blockquote, .content pre { margin: 0 0 16px 0; }
.content h1 { margin: 0 0 16px 0; font-size: 26px; line-height: 1.25; }
.content h2 { margin: 24px 0 12px 0; font-size: 20px; line-height: 1.3; }
.content h3, .content h4, .content h5, .content h6 { margin: 24px 0 8px 0; font-size: 16px; line-height: 1.4; }
.content a { color: #0b5cad; text-decoration: underline; }
.content img { max-width: 100%; height: auto; border: 0; }
.content blockquote { padding: 0 0 0 16px; border-left: 3px solid #cbd2d9; color: #52606d; }
.content pre { padding: 12px; background-color: #f4f5f7; white-space: pre-wrap; }
.content code { font-family: Menlo, Consolas, monospace; font-size: 14px; }
.content hr { margin: 24px 0; border: 0; border-top: 1px solid #cbd2d9; }
.content th, .content td { padding: 6px 12px 6px 0; border-bottom: 1px solid #cbd2d9; text-align: start; vertical-align: top; }
.footer { padding: 16px 32px 32px 32px; color: #616e7c; font-family: -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
  font-size: 13px; line-height: 1.5; text-align: center; }
.footer p { margin: 0 0 4px 0; }
.footer a { color: #616e7c; text-decoration: underline; }
.address { white-space: pre-line; }
@media (prefers-color-scheme: dark) {
  body, .page, .content pre { background-color: #14181d !important; }
  .column { background-color: #1f252c !important; }
  .content, .content h1, .content h2, .content h3 { color: #e4e7eb !important; }
  .content a { color: #7cb8f2 !important; }
  .content blockquote, .footer, .footer a { color: #9aa5b1 !important; }
}
@media (max-width: 480px) {
  .outer { padding: 0 !important; }
  .content, .footer { padding-left: 20px !important; padding-right: 20px !important; }
}
</style>
</head>
<body>
[[PREHEADER]]
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="outer" align="center">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="column" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td class="content">
[[CONTENT]]
</td></tr>
</table>
<table role="presentation" class="below" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td class="footer">[[FOOTER]]</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</body>
</html>
"""
