import { type Renderer2, RendererFactory2, type RendererType2 } from '@angular/core';

/**
 * Renderers for components that were not written for a strict content policy, and that ask for an animation engine: their style attributes
 * are set as properties, which the policy allows, and their animations are left out.
 */
export class DrawingRenderers implements RendererFactory2 {
  constructor(private readonly page: RendererFactory2) {}

  createRenderer(host: unknown, type: RendererType2 | null): Renderer2 {
    const renderer = this.page.createRenderer(host, type);
    return Object.assign(Object.create(renderer) as Renderer2, {
      setAttribute(element: Element, name: string, value: string, namespace?: string | null): void {
        if (name === 'style') (element as SVGElement).style.cssText = value;
        else renderer.setAttribute(element, name, value, namespace);
      },
      setProperty(element: Element, name: string, value: unknown): void {
        if (!name.startsWith('@')) renderer.setProperty(element, name, value);
      },
      listen(
        target: 'window' | 'document' | 'body' | Element,
        name: string,
        callback: (event: unknown) => boolean | void,
      ) {
        return name.startsWith('@') ? () => undefined : renderer.listen(target, name, callback);
      },
    });
  }

  begin(): void {
    this.page.begin?.();
  }

  end(): void {
    this.page.end?.();
  }
}
