import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { PageData, Story } from './data.js'
import { Overview } from './overview.js'
import { linkTo, useRoute } from './route.js'
import { StoryView } from './story-view.js'
import { unpack } from './unpack.js'

function Report({ data }: { readonly data: PageData }) {
  const route = useRoute()
  const single = data.run === undefined
  const number = single ? 0 : route.story
  const [shown, setShown] = useState<{ readonly number: number; readonly story: Story | string }>()
  useEffect(() => {
    if (number === undefined) return
    unpack<Story>(`story-${number}`).then(
      story => setShown({ number, story }),
      (error: unknown) => setShown({ number, story: String(error) }),
    )
  }, [number])
  useEffect(() => {
    document.title = number === undefined ? data.title : `${data.stories[number]?.property ?? ''} · ${data.title}`
    if (!single) scrollTo(0, 0)
  }, [number, data, single])
  if (number === undefined) return <Overview data={data} />
  if (shown?.number !== number) return <p class="loading">…</p>
  if (typeof shown.story === 'string') {
    return (
      <p>
        {shown.story}. <a href={linkTo({})}>all results</a>
      </p>
    )
  }
  return <StoryView story={shown.story} route={route} home={!single} />
}

const page = document.getElementById('page')
unpack<PageData>('data').then(
  data => {
    page?.replaceChildren()
    if (page) render(<Report data={data} />, page)
  },
  (error: unknown) => page?.replaceChildren(`This page cannot be shown: ${String(error)}`),
)
