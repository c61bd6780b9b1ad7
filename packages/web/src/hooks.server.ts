import { locales } from '#lib/language/catalogues.ts';
import { negotiateLocale } from '#lib/language/negotiate.ts';
import { themeCookie, themeFrom } from '#lib/site/theme.ts';
import { redirect } from '@sveltejs/kit';
import type { Handle } from '@sveltejs/kit/hooks';

const localeCookie = 'bottega-lang';
const aYear = 365 * 24 * 60 * 60;

/** Settles language and colours; `?lang=it` chooses a language for good, with or without JavaScript. */
export const handle: Handle = async ({ event, resolve }) => {
  const { url, cookies, request, locals } = event;
  const picked = url.searchParams.get('lang');
  if (picked !== null && locales.includes(picked) && !event.isDataRequest) {
    cookies.set(localeCookie, picked, {
      path: '/',
      maxAge: aYear,
      sameSite: 'lax',
      httpOnly: false,
      secure: false,
    });
    const rest = new URLSearchParams(url.searchParams);
    rest.delete('lang');
    redirect(303, rest.size === 0 ? url.pathname : `${url.pathname}?${rest}`);
  }
  locals.locale = negotiateLocale(locales, cookies.get(localeCookie), request.headers.get('accept-language'));
  locals.theme = themeFrom(cookies.get(themeCookie));
  const response = await resolve(event, {
    transformPageChunk: ({ html }) =>
      html.replace('%bottega.lang%', locals.locale).replace('%bottega.theme%', locals.theme),
  });
  response.headers.set('vary', 'accept-language, cookie');
  return response;
};
