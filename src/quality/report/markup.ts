const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it may stand in HTML, between tags or in a quoted attribute. Names come from traces: nobody vouches for them. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

interface HtmlTable {
  readonly caption: string;
  readonly head: readonly string[];
  /** Cells are markup; the first `labels` of a row are its heading. */
  readonly rows: readonly (readonly string[])[];
  readonly labels: number;
}

/** A table that scrolls within the page where the page is narrow. */
export function htmlTable({ caption, head, rows, labels }: HtmlTable): string {
  const headCells = head
    .map((cell, i) => `<th scope="col"${i < labels ? ' class="text"' : ''}>${cell}</th>`)
    .join('');
  const body = rows.map((row) => {
    const cells = row.map((cell, i) => (i < labels ? `<th scope="row">${cell}</th>` : `<td>${cell}</td>`));
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escaped(caption)}"><table>
<caption>${escaped(caption)}</caption>
<thead><tr>${headCells}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
}
