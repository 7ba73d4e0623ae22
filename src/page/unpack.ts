/** The value that lies packed in an element: JSON, deflated, in base64. @throws Error when there is none, or it is damaged */
export async function unpack<T>(id: string): Promise<T> {
  const text = document.getElementById(id)?.textContent
  if (!text) throw new Error(`this page has no '${id}'`)
  const bytes = Uint8Array.from(atob(text), sign => sign.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return JSON.parse(await new Response(stream).text()) as T
}
