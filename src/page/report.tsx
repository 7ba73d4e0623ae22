import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Album, PageData, Story } from './data.js'
import { Overview } from './overview.js'
import { linkTo, useRoute } from './route.js'
import { StoryView } from './story-view.js'
import { unpack } from './unpack.js'

/** Unpacked when the first story is asked for: the overview does not need it. */
let album: Promise<Album> | undefined

interface Shown {
  readonly number: number
  /** Or why it cannot be shown. */
  readonly told: { readonly story: Story; readonly album: Album } | string
}

function Report({ data }: { readonly data: PageData }) {
  const route = useRoute()
  const single = data.run === undefined
  const number = single ? 0 : route.story
  const [shown, setShown] = useState<Shown>()
  useEffect(() => {
    if (number === undefined) return
    album ??= unpack<Album>('album')
    Promise.all([unpack<Story>(`story-${number}`), album]).then(
      ([story, album]) => setShown({ number, told: { story, album } }),
      (error: unknown) => setShown({ number, told: String(error) }),
    )
  }, [number])
  useEffect(() => {
    document.title = number === undefined ? data.title : `${data.stories[number]?.property ?? ''} · ${data.title}`
    if (!single) scrollTo(0, 0)
  }, [number, data, single])
  if (number === undefined) return <Overview data={data} />
  if (shown?.number !== number) return <p class="loading">…</p>
  if (typeof shown.told === 'string') {
    return (
      <p>
        {shown.told}. <a href={linkTo({})}>all results</a>
      </p>
    )
  }
  return <StoryView {...shown.told} route={route} home={!single} />
}

const page = document.getElementById('page')
unpack<PageData>('data').then(
  data => {
    page?.replaceChildren()
    if (page) render(<Report data={data} />, page)
  },
  (error: unknown) => page?.replaceChildren(`This page cannot be shown: ${String(error)}`),
)
